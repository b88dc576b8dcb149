"""`python -m tongban`: the operators' command line."""

from tongban.config.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
