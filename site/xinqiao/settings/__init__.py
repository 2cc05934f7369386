"""Settings: `demo` is what `make run` starts, `production` what a school runs, `test` what the suite uses."""
