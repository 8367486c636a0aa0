"""The faces in the browser: one module a resource, functions that fetch, check, act and render."""
