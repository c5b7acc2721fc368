"""`AWS::EKS::AccessEntry` for ministack's CloudFormation, by the calls of its own EKS service."""

import json

from ministack.services import eks
from ministack.services.cloudformation import provisioners


def register() -> None:
    """Makes the type known."""
    provisioners._RESOURCE_HANDLERS["AWS::EKS::AccessEntry"] = {
        "create": create,
        "update": update,
        "delete": delete,
    }


def create(logical_id: str, props: dict, stack_name: str) -> tuple:
    """Returns the entry's physical ID and its attributes."""
    answer = checked(eks._create_access_entry(props["ClusterName"], body_of(props)))
    return f"{props['PrincipalArn']}|{props['ClusterName']}", {"AccessEntryArn": answer["accessEntry"]["accessEntryArn"]}


def update(physical_id: str, old_props: dict, new_props: dict, stack_name: str) -> tuple:
    """Changes the groups and the user name in place; another cluster or principal makes another entry."""
    if any(old_props[key] != new_props[key] for key in ("ClusterName", "PrincipalArn")):
        created = create("", new_props, stack_name)
        delete(physical_id, old_props)
        return created
    answer = checked(eks._update_access_entry(new_props["ClusterName"], new_props["PrincipalArn"], body_of(new_props)))
    return physical_id, {"AccessEntryArn": answer["accessEntry"]["accessEntryArn"]}


def delete(physical_id: str, props: dict) -> None:
    """An entry that is gone already, or whose cluster is, counts as deleted."""
    eks._delete_access_entry(props["ClusterName"], props["PrincipalArn"])


def body_of(props: dict) -> dict:
    """What the EKS API takes, from the resource's properties."""
    return {
        "principalArn": props["PrincipalArn"],
        "kubernetesGroups": props.get("KubernetesGroups", []),
        "username": props.get("Username", ""),
        "type": props.get("Type", "STANDARD"),
        "tags": {tag["Key"]: tag["Value"] for tag in props.get("Tags", [])},
    }


def checked(response: tuple) -> dict:
    """The body of an answer that is no error."""
    status, _headers, body = response
    if status >= 400:
        raise ValueError(f"AWS::EKS::AccessEntry: {body.decode()}")
    return json.loads(body)
