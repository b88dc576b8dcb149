"""The harness: one embedded server for the run, a migrated template, a clone for each worker."""

pytest_plugins = ["tests.harness.databases"]
