"""Runs ministack with the bridges that must be inside of it; README.md lists all bridges with their reasons.

It takes ministack's own environment variables, and reaches into the version that tests/stages/ministack.txt pins.
"""

import contextvars
import json
import os

from ministack import app as gateway
from ministack.core import iam_actions
from ministack.services import apigateway, cloudfront, iam
from ministack.services.cloudformation import provisioners


def after(kind, step):
    """Lets a step follow on each creation and update of a kind of resource: step(physical id, properties)."""
    handlers = provisioners._RESOURCE_HANDLERS[kind]
    create, update = handlers["create"], handlers["update"]

    def creating(logical_id, properties, stack):
        made = create(logical_id, properties, stack)
        step(made[0], properties)
        return made

    def updating(physical_id, old, new, *rest, **named):
        made = update(physical_id, old, new, *rest, **named)
        step(made[0], new)
        return made

    handlers["create"], handlers["update"] = creating, updating


# The body of an HTTP API: a route and an integration for each operation, and CORS.

def import_body(api_id, properties):
    body = properties.get("Body")
    if not body:
        return
    apigateway._routes[api_id], apigateway._integrations[api_id] = {}, {}
    for path, operations in body["paths"].items():
        for method, operation in operations.items():
            integration = operation["x-amazon-apigateway-integration"]
            integration_id, _ = provisioners._apigw_v2_integration_create("", {
                "ApiId": api_id,
                "IntegrationType": integration["type"].upper(),
                "IntegrationUri": integration["uri"],
                "IntegrationMethod": integration["httpMethod"],
                "PayloadFormatVersion": integration["payloadFormatVersion"],
            }, "")
            route = {"ApiId": api_id, "RouteKey": route_key(path, method), "Target": f"integrations/{integration_id}"}
            provisioners._apigw_v2_route_create("", route, "")
    apigateway._update_api(api_id, {"corsConfiguration": body.get("x-amazon-apigateway-cors", {})})


def route_key(path, method):
    if path == "$default":
        return path
    return f"{'ANY' if method == 'x-amazon-apigateway-any-method' else method.upper()} {path}"


# The permissions boundary of a role.

def put_boundary(role, properties):
    boundary = properties.get("PermissionsBoundary")
    if not boundary:
        return
    status, _, answer = iam._put_role_permissions_boundary({"RoleName": role, "PermissionsBoundary": boundary})
    if status != 200:
        raise ValueError(f"the boundary of {role} was refused: {answer}")


# What KMS binds a ciphertext to, as keys of a policy's conditions.

def tell_encryption_context():
    tags = iam_actions.request_tag_context

    def context(service, action, body, parameters):
        told = tags(service, action, body, parameters)
        bound = json.loads(body or b"{}").get("EncryptionContext") if service == "kms" else None
        return {**told, **{f"kms:encryptioncontext:{name.lower()}": value for name, value in (bound or {}).items()}}

    iam_actions.request_tag_context = context


# The sub-protocol that $connect returns.

returned_by_connect = contextvars.ContextVar("returned_by_connect")


def return_subprotocol():
    invoke, handle = apigateway._invoke_ws_lambda, apigateway.handle_websocket

    async def invoking(*args, **named):
        answer = await invoke(*args, **named)
        if "CONNECT" in args:
            headers = (answer or {}).get("headers") or {}
            returned_by_connect.get().update({name.lower(): value for name, value in headers.items()})
        return answer

    async def handling(scope, receive, send, *args, **named):
        headers = {}
        returned_by_connect.set(headers)

        async def sending(message):
            if message["type"] == "websocket.accept":
                message = {**message, "subprotocol": headers.get("sec-websocket-protocol")}
            await send(message)

        await handle(scope, receive, sending, *args, **named)

    apigateway._invoke_ws_lambda, apigateway.handle_websocket = invoking, handling


# The edge: both APIs under one host. Where the stack has a distribution, calls go through ministack's CloudFront, which has no sockets
# and reaches no origin of AWS.

PUBLIC = b"127.0.0.1:" + os.environb[b"GATEWAY_PORT"]
PATHS = {"/v1/": "HTTP", "/ws-v1-challenge": "WEBSOCKET"}


def put_edge_before():
    ministack = gateway.app

    async def edge(scope, receive, send):
        protocol = next((PATHS[path] for path in PATHS if scope.get("path", "").startswith(path)), None)
        if protocol and (b"host", PUBLIC) in scope["headers"]:
            scope = {**scope, "headers": at_origin(scope, protocol)}
        await ministack(scope, receive, send)

    gateway.app = edge


def at_origin(scope, protocol):
    """A call's headers as the next hop gets them: CloudFront, or else the API itself."""
    distribution = next(iter(cloudfront._distributions.values()), None)
    if distribution is None:
        return [*without_host(scope["headers"]), host(api_host(protocol))]
    if scope["type"] == "http":
        return [*without_host(scope["headers"]), host(distribution["DomainName"]), (b"x-forwarded-proto", b"https")]
    configured = cloudfront.parse_distribution_dataplane_config(distribution)
    behavior = cloudfront._match_behavior(configured, scope["path"])
    origin = configured["origins"][behavior["target_origin_id"]]
    forwards, _, _ = cloudfront._forwarding_predicates(behavior)
    forwarded = [(name, value) for name, value in without_host(scope["headers"]) if forwards(name.decode().lower())]
    added = [(name.lower().encode(), value.encode()) for name, value in origin["custom_headers"]]
    return [*forwarded, *added, host(origin["domain_name"])]


def without_host(headers):
    return [(name, value) for name, value in headers if name.lower() != b"host"]


def host(name):
    return b"host", name.encode()


def api_host(protocol):
    for (_, _, api_id), api in apigateway._apis.all_items():
        if api["protocolType"] == protocol:
            return f"{api_id}.execute-api.{gateway._MINISTACK_HOST}"
    return "nothing.is.deployed"


def reach_own_apis():
    target = cloudfront._origin_connect_target

    def connecting(origin, viewer_is_https):
        if origin["domain_name"].endswith(f".execute-api.{gateway._MINISTACK_HOST}"):
            return "127.0.0.1", int(os.environ["GATEWAY_PORT"]), False
        return target(origin, viewer_is_https)

    cloudfront._origin_connect_target = connecting


after("AWS::ApiGatewayV2::Api", import_body)
after("AWS::IAM::Role", put_boundary)
tell_encryption_context()
return_subprotocol()
put_edge_before()
reach_own_apis()
gateway.main()
