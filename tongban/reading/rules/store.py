"""A lesson as bytes and back. No pickle: arrays and one JSON, under a hash, read with distrust."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from scipy import sparse

from tongban.kernel.refusals import Refusal
from tongban.reading.rules.features import Mix, Pair, Seen, Space
from tongban.reading.rules.grams import Vocabulary
from tongban.reading.rules.lessons import Lesson
from tongban.reading.rules.machines import LabelVectors, Pool
from tongban.reading.rules.rows import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

MAGIC = b"TONGBAN-LESSON 1\n"
# Unpacked; a lesson of ten thousand long texts has about a tenth of it.
LARGEST = 1_500_000_000
_SCHEMA = 1


class LessonDamaged(Refusal):
    """The bytes are no lesson, were changed, or come from another version."""

    code = "lesson-damaged"
    status = 422


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    sizes: list[int]


class _Pair(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    first: int
    second: int
    base: int


class _Column(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    kind: Kind
    borders: list[float]


class _About(BaseModel):
    """Everything of a lesson that is no array."""

    model_config = ConfigDict(extra="forbid")
    schema_version: int
    labels: list[str]
    columns: list[_Column]
    blocks: list[str]
    words: list[_Words]
    categories: list[str]
    values: list[dict[str, int]]
    texts: list[float]
    weights: list[float]
    apart: float
    within: float
    is_folded: bool
    pairs: list[_Pair]
    usual: float = Field(default=0.0, ge=0, le=1, allow_inf_nan=False)


def to_bytes(lesson: Lesson) -> bytes:
    """The lesson with its hash; the same lesson gives the same bytes' meaning everywhere."""
    file = io.BytesIO()
    np.savez_compressed(file, **_arrays(lesson), about=_as_bytes(_about(lesson)))
    content = file.getvalue()
    return MAGIC + hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def _as_bytes(about: _About) -> Any:
    return np.frombuffer(about.model_dump_json().encode(), dtype=np.uint8)


def _about(lesson: Lesson) -> _About:
    space, mix = lesson.space, lesson.mix
    return _About(
        schema_version=_SCHEMA,
        labels=list(lesson.labels),
        columns=[
            _Column(name=one.name, kind=one.kind, borders=list(one.borders))
            for one in space.columns
        ],
        blocks=list(space.blocks),
        words=[_Words(sizes=list(one.sizes)) for one in space.vocabularies],
        categories=list(space.categories),
        values=list(space.values),
        texts=list(mix.texts),
        weights=list(mix.categories),
        apart=mix.apart,
        within=mix.within,
        is_folded=bool(lesson.folded),
        pairs=[_Pair(first=one.first, second=one.second, base=one.base) for one in space.pairs],
        usual=lesson.usual,
    )


def _arrays(lesson: Lesson) -> dict[str, Any]:
    found: dict[str, Any] = {
        "weights": lesson.weights,
        "constant": lesson.constant,
        "codes": lesson.examples.codes,
        "each": lesson.each.weights,
        "each_bias": lesson.each.bias,
        "each_columns": lesson.each.columns,
        "scales": lesson.pool.scales,
        "pool_bias": lesson.pool.bias,
    }
    for at, words in enumerate(lesson.space.vocabularies):
        found |= {f"hashes_{at}": words.hashes, f"rarity_{at}": words.rarity}
    for at, one in enumerate(lesson.examples.texts):
        found |= {
            f"data_{at}": one.data,
            f"columns_{at}": one.indices.astype(np.int32),
            f"rows_{at}": one.indptr.astype(np.int64),
        }
    found |= {f"folded_{at}": one for at, one in enumerate(lesson.folded)}
    found |= {f"pairs_{at}": one.known for at, one in enumerate(lesson.space.pairs)}
    return found


def from_bytes(content: bytes) -> Lesson:
    """Read a lesson. Raises LessonDamaged whatever is wrong with the bytes."""
    if not content.startswith(MAGIC):
        raise _damaged("文件不是阅读模型，或者来自别的版本。")
    digest, _, packed = content[len(MAGIC) :].partition(b"\n")
    if hashlib.sha256(packed).hexdigest().encode() != digest:
        raise _damaged("模型文件与它的校验值不一致，可能已经损坏或者被改动。")
    try:
        return _read(_unpacked(packed))
    except (KeyError, ValueError, IndexError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise _damaged("模型文件的内容不完整或者互相矛盾。") from error


def _damaged(sentence: str) -> LessonDamaged:
    return LessonDamaged(sentence, instead=("请用 tongban hotline train 重新训练。",))


def _unpacked(packed: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        if sum(one.file_size for one in archive.infolist()) > LARGEST:
            raise ValueError("too large")
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _read(arrays: Mapping[str, Any]) -> Lesson:
    try:
        about = _About.model_validate_json(arrays["about"].tobytes())
    except ValidationError as error:
        raise ValueError(str(error)) from error
    if about.schema_version != _SCHEMA:
        raise ValueError("another version")
    space = _space(about, arrays)
    lesson = Lesson(
        labels=tuple(about.labels),
        space=space,
        mix=Mix(tuple(about.texts), tuple(about.weights), about.apart, about.within),
        examples=_examples(space, arrays),
        weights=_numbers(arrays["weights"], np.float32, 2),
        folded=tuple(
            _numbers(arrays[f"folded_{at}"], np.float32, 2)
            for at in range(len(about.blocks))
            if about.is_folded
        ),
        constant=_numbers(arrays["constant"], np.float32, 1),
        each=LabelVectors(
            _numbers(arrays["each_columns"], np.int64, 1),
            _numbers(arrays["each"], np.float32, 2),
            _numbers(arrays["each_bias"], np.float32, 1),
        ),
        pool=Pool(
            _numbers(arrays["scales"], np.float64, 1), _numbers(arrays["pool_bias"], np.float64, 1)
        ),
        usual=about.usual,
    )
    _refuse_contradictions(lesson)
    return lesson


def _space(about: _About, arrays: Mapping[str, Any]) -> Space:
    words = tuple(
        Vocabulary(
            tuple(one.sizes),
            _numbers(arrays[f"hashes_{at}"], np.uint64, 1),
            _numbers(arrays[f"rarity_{at}"], np.float32, 1),
        )
        for at, one in enumerate(about.words)
    )
    columns = tuple(Column(one.name, one.kind, tuple(one.borders)) for one in about.columns)
    pairs = tuple(
        Pair(one.first, one.second, one.base, _numbers(arrays[f"pairs_{at}"], np.int64, 1))
        for at, one in enumerate(about.pairs)
    )
    return Space(
        columns, tuple(about.blocks), words, tuple(about.categories), tuple(about.values), pairs
    )


def _examples(space: Space, arrays: Mapping[str, Any]) -> Seen:
    codes = _numbers(arrays["codes"], np.int32, 2)
    texts = []
    for at, words in enumerate(space.vocabularies):
        parts = (arrays[f"data_{at}"], arrays[f"columns_{at}"], arrays[f"rows_{at}"])
        one = sparse.csr_matrix(parts, shape=(len(codes), len(words.hashes)))
        one.check_format(full_check=True)
        texts.append(one)
    return Seen(tuple(texts), codes)


def _numbers(array: Any, kind: Any, dimensions: int) -> Any:
    if array.dtype != kind or array.ndim != dimensions:
        raise ValueError("an array of another kind")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError("a number that is none")
    return array


def _ascend(places: Any, limit: int) -> bool:
    """Whether the numbers ascend from 0 and stay below the limit."""
    if not len(places):
        return True
    return bool((places[1:] > places[:-1]).all()) and places[0] >= 0 and places[-1] < limit


def _refuse_contradictions(lesson: Lesson) -> None:
    """Sizes that do not fit would be found in the middle of reading; they are found here."""
    count, space = len(lesson.labels), lesson.space
    words = [len(one.hashes) for one in space.vocabularies]
    fits = [
        count >= 2 and len(set(lesson.labels)) == count,
        len(words) == len(space.blocks) == len(lesson.mix.texts),
        all(len(one.rarity) == len(one.hashes) for one in space.vocabularies),
        all(bool((one.hashes[1:] > one.hashes[:-1]).all()) for one in space.vocabularies),
        lesson.examples.codes.shape[1] == len(space.categories) == len(space.values),
        len(lesson.mix.categories) == len(space.categories),
        lesson.weights.shape == (len(lesson.examples), count),
        all(one.shape == (size, count) for one, size in zip(lesson.folded, words, strict=False)),
        lesson.constant.shape == (count,),
        lesson.pool.bias.shape == (count,),
        len(lesson.pool.scales) == 2,
        lesson.each.weights.shape == (len(lesson.each.columns), count),
        lesson.each.bias.shape == (count,),
        _ascend(
            lesson.each.columns,
            words[0] + sum(map(len, space.values)) + sum(len(pair.known) for pair in space.pairs),
        ),
        all(
            0 <= place < len(space.categories)
            for pair in space.pairs
            for place in (pair.first, pair.second)
        ),
        all(_ascend(pair.known, 2**62) for pair in space.pairs),
    ]
    if not all(fits):
        raise ValueError("sizes differ")
