"""The API's description: /openapi.json, generated from the request schemas, and /docs, which shows it."""
