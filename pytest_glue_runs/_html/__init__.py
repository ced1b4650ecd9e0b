"""The page of a session: `--glue-runs-html=PATH`."""
