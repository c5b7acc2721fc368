"""Alarms on metric math for ministack's CloudFormation: they deploy as an alarm on the first metric of the expression."""

from ministack.services.cloudformation import provisioners


def register() -> None:
    """Replaces the refusal of `Metrics`."""
    record_of = provisioners._cw_metric_alarm_record
    provisioners._cw_metric_alarm_record = lambda name, props: record_of(name, with_one_metric(props))


def with_one_metric(props: dict) -> dict:
    """The alarm's properties, with the first metric in place of the expression."""
    metrics = [query["MetricStat"] for query in props.get("Metrics") or [] if "MetricStat" in query]
    if not metrics:
        return props
    first = metrics[0]
    rest = {name: value for name, value in props.items() if name != "Metrics"}
    return {**rest, **first["Metric"], "Period": first["Period"], "Statistic": first["Stat"]}
