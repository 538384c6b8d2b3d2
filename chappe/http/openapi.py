"""An OpenAPI 3.1 document of the routes, from the same signatures that requests are read with.

Not served. Tests throw generated requests at the application with it, and the reference is written from it.
"""

import inspect
from typing import Any

import msgspec

from chappe.http.routes import Auth, JSONObject, Route, Routes

JSONSchema = dict[str, Any]

_REF = "#/components/schemas/{name}"
_ERROR: JSONSchema = {
    "type": "object",
    "properties": {"errcode": {"type": "string"}, "error": {"type": "string"}},
    "required": ["errcode", "error"],
}


def document(routes: Routes, version: str) -> JSONSchema:
    """The document; `version` is that of the server."""
    shapes = {shape for route in routes for shape in (route.body, route.query) if shape and shape is not JSONObject}
    ordered = sorted(shapes, key=lambda shape: (shape.__name__, shape.__module__))
    schemas, components = msgspec.json.schema_components(ordered, schema_hook=_any_json, ref_template=_REF)
    schema_of = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, JSONSchema] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schema_of, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Chappe, Client-Server API", "version": version},
        "paths": paths,
        "components": {
            "schemas": {**components, "MatrixError": _ERROR},
            "securitySchemes": {"accessToken": {"type": "http", "scheme": "bearer"}},
        },
    }


def _any_json(kind: type) -> JSONSchema:
    """The schema of `object`, which stands for any JSON in a body's shape."""
    assert kind is object, f"{kind} in a body or query has no JSON schema"
    return {"description": "Any JSON."}


def _operation(route: Route, schema_of: dict[Any, JSONSchema], components: dict[str, JSONSchema]) -> JSONSchema:
    error = {"description": "Refused.", "content": _json({"$ref": _REF.format(name="MatrixError")})}
    operation: JSONSchema = {
        "operationId": f"{route.method.lower()} {route.path}",
        "summary": (inspect.getdoc(route.handler) or route.handler.__name__).partition("\n")[0],
        "parameters": [_in_path(name) for name, _, _ in route.parameters] + _in_query(route, schema_of, components),
        "responses": {"200": {"description": "Done."}, "default": error},
        "security": _security(route.auth),
        "deprecated": route.deprecated,
    }
    if route.body is not None:
        schema = {"type": "object"} if route.body is JSONObject else schema_of[route.body]
        operation["requestBody"] = {"required": not route.empty_body_is_object, "content": _json(schema)}
    return operation


def _in_path(name: str) -> JSONSchema:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _in_query(route: Route, schema_of: dict[Any, JSONSchema], components: dict[str, JSONSchema]) -> list[JSONSchema]:
    if route.query is None:
        return []
    schema = components[schema_of[route.query]["$ref"].rpartition("/")[2]]
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": value}
        for name, value in schema["properties"].items()
    ]


def _json(schema: JSONSchema) -> JSONSchema:
    return {"application/json": {"schema": schema}}


def _security(auth: Auth) -> list[dict[str, list[str]]]:
    if auth is Auth.NOBODY:
        return []
    return [{"accessToken": []}, *([{}] if auth is Auth.OPTIONAL else [])]
