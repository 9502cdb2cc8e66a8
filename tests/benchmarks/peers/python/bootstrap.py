"""Polls Lambda's Runtime API and calls the handler, one event after the other.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

The bootstrap of the managed runtime does more: it resolves and loads the handler's module, sets up logging and reports
failures with their traces. Its client of the Runtime API is in C++, so its calls take less CPU time than these.
"""

import http.client
import json
import os
from types import SimpleNamespace

from claim import handler

INVOCATION = "/2018-06-01/runtime/invocation"


def main():
    # An HTTP/1.1 connection stays open between requests.
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        api.request("GET", f"{INVOCATION}/next")
        response = api.getresponse()
        event = json.loads(response.read())
        request_id = response.headers["lambda-runtime-aws-request-id"]
        context = SimpleNamespace(aws_request_id=request_id, trace_id=response.headers["lambda-runtime-trace-id"])
        try:
            kind, body = "response", handler(event, context)
        except Exception as error:
            kind, body = "error", {"errorType": type(error).__name__, "errorMessage": str(error)}
        api.request("POST", f"{INVOCATION}/{request_id}/{kind}", json.dumps(body), {"content-type": "application/json"})
        api.getresponse().read()


if __name__ == "__main__":
    main()
