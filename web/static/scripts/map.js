// Maps: a place is pointed out or shown. The library is fetched once a map is looked at, and
// without scripts the fields for a place stay as they are.
(() => {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const language = document.documentElement.lang.slice(0, 2);
  const DIGITS = 6;
  const CLOSE = 16;
  const NAMED_FROM = 13;
  const METRES = 111_320;
  let library;
  let base;

  // The first map of a page fetches what all of them need.
  function fetched(box) {
    library ||= new Promise((done, failed) => {
      const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: box.dataset.sheet });
      const script = Object.assign(document.createElement("script"), { src: box.dataset.library, onload: done, onerror: failed });
      document.head.append(sheet, script);
    });
    base ||= fetch(box.dataset.base).then((answer) => answer.ok ? answer.json() : Promise.reject(answer.status));
    return Promise.all([library, base]).then(([, said]) => said);
  }

  const called = (feature) => feature.properties.name[language] || feature.properties.name.zh;
  const text = (name, words) => Object.assign(document.createElement(name), { textContent: words });
  const there = ([longitude, latitude]) => L.latLng(latitude, longitude);

  function metres(a, b) {
    const north = (a.lat - b.lat) * METRES;
    const east = (a.lng - b.lng) * METRES * Math.cos(a.lat * Math.PI / 180);
    return Math.hypot(north, east);
  }

  function drawn(box, said) {
    const [southWest, northEast] = said.around.map(there);
    const map = L.map(one("[data-map-sheet]", box), {
      center: there(said.centre), zoom: said.zoom, minZoom: 9, maxZoom: 18,
      maxBounds: L.latLngBounds(southWest, northEast).pad(0.2), zoomControl: false, attributionControl: false,
      // A page is scrolled over a map more often than the map is meant.
      scrollWheelZoom: false,
    });
    const words = box.dataset;
    L.control.zoom({ zoomInTitle: words.closer, zoomOutTitle: words.wider, position: "topright" }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    if (words.tiles) L.tileLayer(words.tiles, { maxZoom: 18 }).addTo(map);
    else sketched(map, said);
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
    return map;
  }

  function sketched(map, said) {
    const shapes = said.base.features.filter((one) => one.geometry.type !== "Point");
    const marks = said.base.features.filter((one) => one.geometry.type === "Point");
    const roads = L.layerGroup();
    L.geoJSON(shapes, {
      interactive: false,
      style: ({ properties }) => ({ className: `map-${properties.kind}` }),
      onEachFeature: (feature) => {
        if (!["highway", "road"].includes(feature.properties.kind)) return;
        const points = feature.geometry.coordinates;
        // Between two points of the road: where they lie, something else often has its name.
        const place = Math.floor(points.length / 2);
        const [from, to] = [points[place - 1], points[place]];
        L.tooltip(there([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]), {
          content: text("span", called(feature)), permanent: true, direction: "center", className: "map-name map-name-road",
        }).addTo(roads);
      },
    }).addTo(map);
    const names = L.layerGroup(marks.map((mark) => L.marker(there(mark.geometry.coordinates), {
      interactive: false, keyboard: false,
      icon: L.divIcon({ className: `map-mark map-mark-${mark.properties.kind}`, iconSize: [8, 8] }),
    }).bindTooltip(text("span", called(mark)), { permanent: true, direction: "right", className: "map-name", offset: [4, 0] })));
    const shown = () => {
      for (const [group, from] of [[names, NAMED_FROM - 1], [roads, NAMED_FROM + 1]]) {
        if (map.getZoom() >= from) group.addTo(map); else group.remove();
      }
    };
    map.on("zoomend", shown);
    shown();
  }

  const pin = (title) => ({
    title, icon: L.divIcon({ className: "map-pin", iconSize: [26, 34], iconAnchor: [13, 34], popupAnchor: [0, -30] }),
  });

  // ---- showing ---------------------------------------------------------------------------------

  function show(box, map) {
    const points = JSON.parse(box.dataset.points);
    const corners = L.latLngBounds(points.map(({ at }) => there(at)));
    for (const { at, label, href, weight } of points) {
      const mark = weight > 1 || points.length > 1
        ? L.circleMarker(there(at), { radius: 6 + 3 * Math.sqrt(weight), className: "map-spot" })
        : L.marker(there(at), { ...pin(label), keyboard: Boolean(href) });
      if (label) {
        const said = text(href ? "a" : "span", label);
        if (href) said.href = href;
        mark.bindPopup(said);
      }
      mark.addTo(map);
    }
    // A sketch has nothing to go by from near.
    const close = box.dataset.tiles ? CLOSE : CLOSE - 2;
    if (points.length > 1) map.fitBounds(corners.pad(0.2), { maxZoom: close });
    else map.setView(corners.getCenter(), close);
  }

  // ---- pointing out ----------------------------------------------------------------------------

  function pick(box, map, said) {
    const form = box.closest("form");
    const field = (name) => form.elements[name];
    const status = one("[data-map-status]", box);
    const clear = one("[data-map-clear]", box);
    const words = box.dataset;
    let mark = null;

    function near(at) {
      const found = said.base.features
        .filter((one) => one.geometry.type === "Point")
        .map((one) => [metres(at, there(one.geometry.coordinates)), called(one)])
        .sort(([a], [b]) => a - b)[0];
      if (!found || found[0] > 5000) return words.marked;
      const rounded = Math.max(50, Math.round(found[0] / 50) * 50);
      return words.near.replace("{name}", found[1]).replace("{metres}", rounded.toLocaleString(document.documentElement.lang));
    }

    function set(at, { quietly = false } = {}) {
      mark ||= L.marker(at, { ...pin(words.pin), draggable: true, keyboard: false })
        .on("dragend", () => set(mark.getLatLng()));
      mark.setLatLng(at).addTo(map);
      field("longitude").value = at.lng.toFixed(DIGITS);
      field("latitude").value = at.lat.toFixed(DIGITS);
      clear.hidden = false;
      if (!quietly) status.textContent = near(at);
      field("longitude").dispatchEvent(new Event("change", { bubbles: true }));
    }

    function unset() {
      mark?.remove();
      mark = null;
      field("longitude").value = field("latitude").value = "";
      clear.hidden = true;
      status.textContent = words.cleared;
    }

    map.on("click", (event) => set(event.latlng));
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== map.getContainer()) return;
      event.preventDefault();
      set(map.getCenter());
    });
    clear.addEventListener("click", unset);
    one("[data-map-go]", box)?.addEventListener("change", ({ target }) => {
      if (!target.value) return;
      map.setView(there(target.value.split(",").map(Number)), CLOSE - 1, { animate: false });
    });
    const region = field("region");
    const moved = () => {
      const at = said.districts[region.value];
      if (at && !mark) map.setView(there(at), NAMED_FROM, { animate: false });
    };
    region?.addEventListener("change", moved);
    for (const name of ["longitude", "latitude"]) {
      field(name).addEventListener("change", ({ isTrusted }) => isTrusted && typed());
    }
    document.addEventListener("tongban:located", () => typed());

    function typed() {
      const at = [Number(field("longitude").value), Number(field("latitude").value)];
      if (!field("longitude").value || !field("latitude").value || at.some(Number.isNaN)) return;
      set(there(at));
      map.setView(there(at), CLOSE, { animate: false });
    }
    if (field("longitude").value) typed(); else if (region?.value) moved();
  }

  function begin(box) {
    if (box.dataset.begun) return;
    box.dataset.begun = "1";
    fetched(box).then((said) => {
      box.hidden = false;
      const map = drawn(box, said);
      if (box.hasAttribute("data-picks")) pick(box, map, said); else show(box, map);
      new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());
    }).catch(() => {
      box.hidden = false;
      one("[data-map-status]", box).textContent = box.dataset.failed;
      one("[data-map-sheet]", box).remove();
    });
  }

  // A map that is folded away is not fetched before somebody unfolds it.
  function watch(box) {
    const folded = box.closest("details");
    box.hidden = false;
    if (folded && !folded.open) folded.addEventListener("toggle", () => begin(box), { once: true });
    else new IntersectionObserver((seen, watcher) => {
      if (!seen.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      begin(box);
    }, { rootMargin: "200px" }).observe(box);
  }

  all("[data-map]").forEach(watch);
})();
