/** A change of an alarm's state as EventBridge delivers it; shape: docs.aws.amazon.com/AmazonCloudWatch, "Alarm events and EventBridge". */
export function alarmEvent(dimensions: Record<string, string>[], value = "ALARM"): Record<string, unknown> {
  return {
    version: "0",
    id: "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    account: "123456789012",
    time: "2026-06-01T12:04:40Z",
    region: "eu-west-1",
    resources: ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:restarts"],
    detail: {
      alarmName: "restarts",
      configuration: {
        description: "Containers restart",
        metrics: dimensions.map((each, at) => ({
          id: `m${at}`,
          metricStat: {
            metric: { dimensions: each, name: "pod_number_of_container_restarts", namespace: "ContainerInsights" },
            period: 60,
            stat: "Maximum",
          },
          returnData: true,
        })),
      },
      previousState: { reason: "Threshold Crossed", timestamp: "2026-06-01T12:03:31.821+0000", value: "OK" },
      state: { reason: "Threshold Crossed", timestamp: "2026-06-01T12:04:40.985+0000", value },
    },
  };
}

/** A message of SNS as Lambda delivers it; shape: docs.aws.amazon.com/lambda, "Invoking Lambda functions with Amazon SNS notifications". */
export function snsEvent(message: string): Record<string, unknown> {
  return {
    Records: [
      {
        EventVersion: "1.0",
        EventSubscriptionArn: "arn:aws:sns:eu-west-1:123456789012:alerts:21be56ed-a058-49f5-8c98-aedd2564c486",
        EventSource: "aws:sns",
        Sns: {
          SignatureVersion: "1",
          Timestamp: "2026-06-01T12:04:41.134Z",
          MessageId: "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
          Subject: "[FIRING:1]",
          Message: message,
          Type: "Notification",
          TopicArn: "arn:aws:sns:eu-west-1:123456789012:alerts",
          MessageAttributes: {},
        },
      },
    ],
  };
}

/** What Alertmanager sends; shape: prometheus.io/docs/alerting/latest/configuration, "webhook_config". */
export function alertsMessage(...alerts: { labels: Record<string, string>; status?: string }[]): string {
  return JSON.stringify({
    version: "4",
    groupKey: '{}:{namespace="shop"}',
    truncatedAlerts: 0,
    status: "firing",
    receiver: "eks-remediation",
    groupLabels: { namespace: "shop" },
    commonLabels: {},
    commonAnnotations: {},
    externalURL: "",
    alerts: alerts.map(({ labels, status = "firing" }) => ({
      status,
      labels,
      annotations: { summary: "Pod is crash looping." },
      startsAt: "2026-06-01T12:00:00Z",
      endsAt: "0001-01-01T00:00:00Z",
      generatorURL: "",
      fingerprint: "c4c1c1c96542e61b",
    })),
  });
}
