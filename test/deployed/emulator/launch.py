"""Starts ministack with seven changes.

Its own worker for Node.js functions reports every error as `Runtime.HandlerError`, so that no Retry or Catch by name
could match, and turns every HTTPS request to loopback into plain HTTP. Its workers for custom runtimes do neither: they
speak the Lambda Runtime API. So Node.js functions are run like a custom runtime whose bootstrap is
`lambda-runtime.ts`.

It serves plain HTTP, while bucket, topic and queue policies refuse what did not come over TLS. So every request counts as
one that came through a proxy which speaks TLS.

Its CloudFormation does not know `AWS::EKS::AccessEntry`, though its EKS service has access entries, and
refuses alarms on metric math.

Its state machines do not know how often an execution was redriven; it redrives none.

Its EKS answers the tags that a cluster was made with, and its IAM knows no tags of clusters.

In conditions, `aws:PrincipalArn` of a role's session is the session's ARN there; on AWS it is the role's, with its path.

The names that are replaced belong to the version in `requirements.txt`.

The process ends when the one that started it is gone, however that ended.

    python launch.py PATH_OF_LAMBDA_RUNTIME
"""

import functools
import io
import os
import shlex
import signal
import sys
import threading
import time
import zipfile

from ministack import app
from ministack.core import iam_evaluator, lambda_runtime
from ministack.services import eks, lambda_svc, stepfunctions

import access_entries
import alarms
import eks_tags


def end_with(parent: int) -> None:
    """Ends this process once its parent is another one."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(10)
    os._exit(1)


@functools.lru_cache(maxsize=64)
def with_bootstrap(code_zip: bytes, runtime: str) -> bytes:
    """The function's code with an executable `bootstrap` that runs it."""
    archive = io.BytesIO(code_zip)
    with zipfile.ZipFile(archive, "a") as files:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        files.writestr(entry, f"#!/bin/sh\nexec node {shlex.quote(runtime)}\n")
    return archive.getvalue()


def run_node_by_runtime_api(runtime: str) -> None:
    """Replaces how ministack runs Node.js functions."""
    run_others = lambda_svc._execute_function_warm
    worker_of_others = lambda_runtime._worker_class_for

    def is_node(config: dict) -> bool:
        return str(config.get("Runtime", "")).startswith("nodejs")

    def worker_class_for(config: dict) -> type:
        return lambda_runtime.ProvidedWorker if is_node(config) else worker_of_others(config)

    def execute_function(func: dict, event: object, request_id: str) -> dict:
        config = func.get("config") or func
        if not is_node(config) or not func.get("code_zip"):
            return run_others(func, event, request_id)
        prepared = {**func, "code_zip": with_bootstrap(func["code_zip"], runtime)}
        return lambda_svc._execute_function_provided_warm(prepared, event, request_id)

    lambda_runtime._worker_class_for = worker_class_for
    lambda_svc._execute_function_warm = execute_function


def count_as_tls() -> None:
    """Adds the header that a proxy which ends TLS adds."""
    serve = app.app

    async def serve_as_tls(scope: dict, receive: object, send: object) -> None:
        if scope["type"] == "http":
            scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
        await serve(scope, receive, send)

    app.app = serve_as_tls


def count_no_redrives() -> None:
    """Answers `$$.Execution.RedriveCount` as Step Functions does for an execution that was never redriven."""
    resolve = stepfunctions._resolve_ctx_path

    def resolve_path(path: str, context: dict) -> object:
        return 0 if path == "$$.Execution.RedriveCount" else resolve(path, context)

    stepfunctions._resolve_ctx_path = resolve_path


def name_roles_in_conditions() -> None:
    """Answers `aws:PrincipalArn` with the role of a session."""
    resolve = iam_evaluator._resolve_condition_key

    def resolve_key(key: str, ctx: object) -> object:
        value = resolve(key, ctx)
        if key.lower() != "aws:principalarn":
            return value
        return eks._role_arn_from_assumed_role(value) or value

    iam_evaluator._resolve_condition_key = resolve_key


if __name__ == "__main__":
    [lambda_runtime_file] = sys.argv[1:]
    # ministack reads its own options from the command line.
    sys.argv = sys.argv[:1]
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    run_node_by_runtime_api(lambda_runtime_file)
    count_as_tls()
    count_no_redrives()
    name_roles_in_conditions()
    access_entries.register()
    alarms.register()
    eks_tags.register()
    app.main()
