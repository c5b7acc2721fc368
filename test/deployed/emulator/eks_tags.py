"""Tags of EKS clusters in ministack, as EKS and IAM know them."""

import json
import urllib.parse

from ministack.core import iam_actions
from ministack.services import eks, tagging


def register() -> None:
    """
    Has `DescribeCluster` answer the present tags, `aws:ResourceTag` know those of clusters, and `ListTagsForResource` be asked of
    the resource that its path names.
    """
    describe = eks._describe_cluster
    arn_of = iam_actions.extract_resource_arn

    def describe_cluster(name: str) -> tuple:
        status, headers, body = describe(name)
        answer = json.loads(body)
        if "cluster" not in answer:
            return status, headers, body
        answer["cluster"]["tags"] = eks._tags.get(answer["cluster"]["arn"], {})
        return status, headers, json.dumps(answer).encode()

    def extract_resource_arn(service: str, method: str, path: str, *more: object, **named: object) -> str:
        if service == "eks" and path.startswith("/tags/"):
            return urllib.parse.unquote(path.removeprefix("/tags/"))
        return arn_of(service, method, path, *more, **named)

    def tags_of_clusters() -> list:
        return [(arn, [{"Key": key, "Value": value} for key, value in tags.items()]) for arn, tags in eks._tags.items()]

    eks._describe_cluster = describe_cluster
    tagging._RESOURCE_TAG_COLLECTORS["eks"] = tags_of_clusters
    iam_actions.extract_resource_arn = extract_resource_arn
