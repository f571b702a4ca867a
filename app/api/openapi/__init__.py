"""The API's own description: /openapi.json, made from the request schemas, and /docs, which shows it."""
