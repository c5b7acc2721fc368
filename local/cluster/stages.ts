import { stringify } from "yaml";

/**
 * How simulated pods and nodes behave, as KWOK stages. The markers that they obey are described in README.md beside
 * this file.
 *
 * A pod is in exactly one stage at a time: KWOK picks one at random when several match, so the conditions exclude each
 * other. They are written in jq, over the pod as the API server holds it.
 */

/** Words that the conditions share. */
const JQ = `
def note(n): .metadata.annotations["simulation/" + n];
def failure: note("failure") // "";
def failing: note("failing-container") // .spec.containers[0].name;
def broken: failing as $name | [.status.containerStatuses[]? | select(.name == $name)][0];
def initFails: note("failing-container") as $name | failure != "" and ([.spec.initContainers[]? | select(.name == $name)] | length > 0);
def crashes: failure == "crash-loop" or failure == "oom-kill";
def alive: .metadata.deletionTimestamp == null;
def job: [.metadata.ownerReferences[]? | .kind] | index("Job") != null;
`;

/**
 * Words that the templates share. `due` is whether a failure is in force already: always, unless \`simulation/after\`
 * names a moment to come, or a duration, which counts from the start of the container.
 */
const TEMPLATE = `
{{- $now := Now }}
{{- $pod := . }}
{{- $notes := or .metadata.annotations dict }}
{{- $failure := or (index $notes "simulation/failure") "" }}
{{- $failing := or (index $notes "simulation/failing-container") (index .spec.containers 0).name }}
{{- $after := or (index $notes "simulation/after") "" }}
{{- $due := not $after }}
{{- if contains "T" $after }}{{ $due = (now).After (mustToDate "2006-01-02T15:04:05Z07:00" $after) }}{{ end }}
{{- $statuses := dict }}
{{- range (or .status.containerStatuses list) }}{{ $_ := set $statuses .name . }}{{ end }}
{{- $conditions := dict }}
{{- range (or .status.conditions list) }}{{ $_ := set $conditions .type . }}{{ end }}
`;

interface StageSpec {
  name: string;
  /** A jq condition over the pod. */
  when: string;
  /** A jq expression that yields a duration ("2s") or a moment (RFC 3339). */
  delay: string;
  /** What the status becomes. */
  status?: string;
  event?: { type: "Normal" | "Warning"; reason: string; message: string };
}

/** One condition; its transition time moves only when its status does. */
function condition(type: string, status: "True" | "False", reason = "", message = ""): string {
  return `
- type: ${type}
  status: "${status}"
  {{- if eq (dig "${type}" "status" "" $conditions) "${status}" }}
  lastTransitionTime: {{ dig "${type}" "lastTransitionTime" $now $conditions | Quote }}
  {{- else }}
  lastTransitionTime: {{ $now | Quote }}
  {{- end }}
  ${reason === "" ? "" : `reason: ${reason}`}
  ${message === "" ? "" : `message: "${message}"`}`;
}

/** The conditions of a pod, in the kubelet's order and words. */
function conditions(ready: boolean, initialized = true): string {
  const unready = "containers with unready status: [{{ $failing }}]";
  return `
conditions:
${condition("PodReadyToStartContainers", "True")}
${
  initialized
    ? condition("Initialized", "True")
    : condition(
        "Initialized",
        "False",
        "ContainersNotInitialized",
        "containers with incomplete status: [{{ (index $pod.spec.initContainers 0).name }}]",
      )
}
${ready ? condition("Ready", "True") : condition("Ready", "False", "ContainersNotReady", unready)}
${ready ? condition("ContainersReady", "True") : condition("ContainersReady", "False", "ContainersNotReady", unready)}
${condition("PodScheduled", "True")}`;
}

/** The kubelet's identity of a running container. */
const IDENTITY = `
  imageID: {{ printf "docker.io/%s@sha256:%s" .image (sha256sum .image) | Quote }}
  containerID: {{ printf "containerd://%s" (sha256sum (printf "%s%s%s" $pod.metadata.uid .name $now)) | Quote }}`;

/** A container that runs since now. */
const RUNNING_SINCE_NOW = `
  started: true
  state:
    running:
      startedAt: {{ $now | Quote }}`;

/** Every container's status: that of the failing one as given, the others unchanged. */
function changeFailing(status: string): string {
  return `
containerStatuses:
{{- range $pod.spec.containers }}
{{- $old := index $statuses .name }}
{{- if eq .name $failing }}
- name: {{ .name }}
  image: {{ .image | Quote }}
${status}
{{- else }}
- {{ $old | toJson }}
{{- end }}
{{- end }}`;
}

function waitingStatuses(
  field: "containerStatuses" | "initContainerStatuses",
  containers: string,
  reason: string,
): string {
  return `
${field}:
{{- range ${containers} }}
- name: {{ .name }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state:
    waiting:
      reason: ${reason}
{{- end }}`;
}

const BACK_OFF_SECONDS = `([10 * pow(2; broken.restartCount), 300] | min)`;

const STAGES: StageSpec[] = [
  {
    name: "create",
    when: `alive and .status.containerStatuses == null and .status.phase == "Pending"`,
    delay: `"200ms"`,
    event: { type: "Normal", reason: "Pulling", message: "Pulling image" },
    status: `
phase: Pending
startTime: {{ $now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") | Quote }}
{{- if .spec.initContainers }}
${conditions(false, false)}
${waitingStatuses("initContainerStatuses", ".spec.initContainers", "PodInitializing")}
${waitingStatuses("containerStatuses", ".spec.containers", "PodInitializing")}
{{- else }}
${conditions(false)}
${waitingStatuses("containerStatuses", ".spec.containers", "ContainerCreating")}
{{- end }}`,
  },
  {
    name: "initialize",
    when: `alive and .status.phase == "Pending" and (initFails | not) and ([.status.initContainerStatuses[]? | select(.state.waiting)] | length > 0)`,
    delay: `"300ms"`,
    status: `
${conditions(false)}
initContainerStatuses:
{{- range .spec.initContainers }}
- name: {{ .name }}
  image: {{ .image | Quote }}
${IDENTITY}
  ready: true
  started: false
  restartCount: 0
  state:
    terminated:
      exitCode: 0
      reason: Completed
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}
{{- end }}`,
  },
  {
    name: "fail-initializing",
    when: `alive and .status.phase == "Pending" and initFails and ([.status.initContainerStatuses[]? | select(.state.waiting.reason == "PodInitializing")] | length > 0)
      and ([.status.initContainerStatuses[]? | select(.state.running)] | length == 0)`,
    delay: `"500ms"`,
    status: `
${conditions(false, false)}
initContainerStatuses:
{{- range .spec.initContainers }}
- name: {{ .name }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
  {{- if ne .name $failing }}
  restartCount: 0
  state:
    waiting:
      reason: PodInitializing
  {{- else if or (eq $failure "crash-loop") (eq $failure "oom-kill") }}
  restartCount: 4
  state:
    waiting:
      reason: CrashLoopBackOff
      message: {{ printf "back-off 1m20s restarting failed container=%s pod=%s_%s(%s)" .name $pod.metadata.name $pod.metadata.namespace $pod.metadata.uid | Quote }}
  lastState:
    terminated:
      exitCode: {{ if eq $failure "oom-kill" }}137{{ else }}{{ or (index $notes "simulation/exit-code") "1" }}{{ end }}
      reason: {{ if eq $failure "oom-kill" }}OOMKilled{{ else }}Error{{ end }}
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}
  {{- else if eq $failure "stuck-pending" }}
  restartCount: 0
  state:
    running:
      startedAt: {{ $now | Quote }}
  {{- else }}
  restartCount: 0
  state:
    waiting:
      reason: {{ if eq $failure "image-pull" }}ImagePullBackOff{{ else }}{{ or (index $notes "simulation/reason") "CreateContainerConfigError" }}{{ end }}
      message: {{ or (index $notes "simulation/message") (printf "Back-off pulling image \\"%s\\"" .image) | Quote }}
  {{- end }}
{{- end }}`,
  },
  {
    name: "wait",
    when: `alive and .status.phase == "Pending" and failure == "waiting" and (broken.state.waiting.reason as $r | ["ContainerCreating", "PodInitializing"] | index($r))
      and ([.status.initContainerStatuses[]? | select(.state.waiting)] | length == 0)`,
    delay: `"500ms"`,
    event: { type: "Warning", reason: "Failed", message: "Error: the container cannot be created" },
    status: changeFailing(`
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state:
    waiting:
      reason: {{ or (index $notes "simulation/reason") "CreateContainerConfigError" }}
      message: {{ or (index $notes "simulation/message") "configmap \\"settings\\" not found" | Quote }}`),
  },
  {
    name: "start",
    when: `alive and .status.phase == "Pending" and broken.state.waiting != null and (failure as $f | ["image-pull", "stuck-pending", "waiting"] | index($f) == null)
      and ([.status.initContainerStatuses[]? | select(.state.waiting)] | length == 0)`,
    delay: `"500ms"`,
    event: { type: "Normal", reason: "Started", message: "Started container" },
    status: `
phase: Running
{{- $probed := false }}
{{- range .spec.containers }}{{ if and (eq .name $failing) .readinessProbe }}{{ $probed = true }}{{ end }}{{ end }}
{{- $crashes := and $due $probed (or (eq $failure "crash-loop") (eq $failure "oom-kill")) }}
{{- $ready := not (or $crashes (eq $failure "slow-start") (and $due (eq $failure "never-ready"))) }}
{{- if $ready }}
${conditions(true)}
{{- else }}
${conditions(false)}
{{- end }}
containerStatuses:
{{- range .spec.containers }}
- name: {{ .name }}
  image: {{ .image | Quote }}
${IDENTITY}
  ready: {{ or $ready (ne .name $failing) }}
  restartCount: 0
  started: {{ not (and (eq $failure "slow-start") (eq .name $failing) .startupProbe) }}
  state:
    running:
      startedAt: {{ $now | Quote }}
{{- end }}`,
  },
  {
    name: "pull-error",
    when: `alive and failure == "image-pull" and (broken.state.waiting.reason as $r | ["ContainerCreating", "PodInitializing", "ImagePullBackOff"] | index($r))
      and ([.status.initContainerStatuses[]? | select(.state.waiting)] | length == 0)`,
    delay: `if broken.state.waiting.reason == "ImagePullBackOff" then "20s" else "500ms" end`,
    event: { type: "Warning", reason: "Failed", message: "Error: ErrImagePull" },
    status: changeFailing(`
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state:
    waiting:
      reason: ErrImagePull
      {{- $said := printf "failed to pull and unpack image \\"%s\\": failed to resolve reference \\"%s\\": %s: not found" .image .image .image }}
      message: {{ or (index $notes "simulation/message") $said | Quote }}`),
  },
  {
    name: "pull-back-off",
    when: `alive and failure == "image-pull" and broken.state.waiting.reason == "ErrImagePull"`,
    delay: `"1s"`,
    event: { type: "Warning", reason: "BackOff", message: "Back-off pulling image" },
    status: changeFailing(`
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state:
    waiting:
      reason: ImagePullBackOff
      message: {{ printf "Back-off pulling image \\"%s\\": ErrImagePull: %s" .image $old.state.waiting.message | Quote }}`),
  },
  {
    name: "crash",
    when: `alive and .status.phase == "Running" and crashes and broken.state.running != null and (job | not)`,
    delay: `if broken.restartCount == 0 and note("after") != null then note("after") else "1s" end`,
    event: { type: "Warning", reason: "BackOff", message: "Back-off restarting failed container" },
    status: `
${conditions(false)}
${changeFailing(`
  imageID: {{ $old.imageID | Quote }}
  containerID: {{ $old.containerID | Quote }}
  ready: false
  started: false
  restartCount: {{ $old.restartCount }}
  {{- $seconds := 10 }}
  {{- range untilStep 0 (int $old.restartCount) 1 }}{{ $seconds = min 300 (mul $seconds 2) }}{{ end }}
  state:
    waiting:
      reason: CrashLoopBackOff
      message: {{ printf "back-off %ds restarting failed container=%s pod=%s_%s(%s)" (int $seconds) .name $pod.metadata.name $pod.metadata.namespace $pod.metadata.uid | Quote }}
  lastState:
    terminated:
      containerID: {{ $old.containerID | Quote }}
      {{- $code := or (index $notes "simulation/exit-code") "1" }}
      {{- if eq $failure "oom-kill" }}{{ $code = "137" }}{{ end }}
      exitCode: {{ $code }}
      reason: {{ if eq $failure "oom-kill" }}OOMKilled{{ else if eq $code "128" }}StartError{{ else if eq $code "0" }}Completed{{ else }}Error{{ end }}
      {{- if index $notes "simulation/message" }}
      message: {{ index $notes "simulation/message" | Quote }}
      {{- end }}
      startedAt: {{ if eq $code "128" }}"1970-01-01T00:00:00Z"{{ else }}{{ $old.state.running.startedAt | Quote }}{{ end }}
      finishedAt: {{ $now | Quote }}`)}`,
  },
  {
    name: "restart",
    when: `alive and .status.phase == "Running" and broken.state.waiting.reason == "CrashLoopBackOff"`,
    delay: `if crashes then "\\(${BACK_OFF_SECONDS})s" else "1s" end`,
    event: { type: "Normal", reason: "Started", message: "Started container" },
    status: `
{{- $probed := false }}
{{- range .spec.containers }}{{ if and (eq .name $failing) .readinessProbe }}{{ $probed = true }}{{ end }}{{ end }}
{{- $ready := not (and $probed (or (eq $failure "crash-loop") (eq $failure "oom-kill"))) }}
{{- if $ready }}
${conditions(true)}
{{- else }}
${conditions(false)}
{{- end }}
${changeFailing(`
${IDENTITY}
  ready: {{ $ready }}
  restartCount: {{ add $old.restartCount 1 }}
  lastState: {{ $old.lastState | toJson }}
${RUNNING_SINCE_NOW}`)}`,
  },
  {
    name: "become-unready",
    when: `alive and .status.phase == "Running" and failure == "never-ready" and broken.ready`,
    delay: `note("after") // "500ms"`,
    event: {
      type: "Warning",
      reason: "Unhealthy",
      message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
    },
    status: `
${conditions(false)}
${changeFailing(`
  imageID: {{ $old.imageID | Quote }}
  containerID: {{ $old.containerID | Quote }}
  ready: false
  started: true
  restartCount: {{ $old.restartCount }}
  state: {{ $old.state | toJson }}
  lastState: {{ or $old.lastState dict | toJson }}`)}`,
  },
  {
    name: "become-ready",
    when: `alive and .status.phase == "Running" and broken.state.running != null and (broken.ready | not) and (failure == "" or failure == "slow-start")`,
    delay: `if failure == "slow-start" then note("after") // "20s" else "500ms" end`,
    status: `
${conditions(true)}
${changeFailing(`
  imageID: {{ $old.imageID | Quote }}
  containerID: {{ $old.containerID | Quote }}
  ready: true
  started: true
  restartCount: {{ $old.restartCount }}
  state: {{ $old.state | toJson }}
  lastState: {{ or $old.lastState dict | toJson }}`)}`,
  },
  {
    // Ended after a long run, a container is started again without a pause.
    name: "kill",
    when: `alive and .status.phase == "Running" and failure == "killed" and broken.state.running != null`,
    delay: `note("after") // "11m"`,
    event: { type: "Normal", reason: "Started", message: "Started container" },
    status: changeFailing(`
${IDENTITY}
  ready: {{ $old.ready }}
  restartCount: {{ add $old.restartCount 1 }}
  lastState:
    terminated:
      containerID: {{ $old.containerID | Quote }}
      exitCode: {{ or (index $notes "simulation/exit-code") "137" }}
      reason: {{ or (index $notes "simulation/reason") "Error" }}
      startedAt: {{ $old.state.running.startedAt | Quote }}
      finishedAt: {{ $now | Quote }}
${RUNNING_SINCE_NOW}`),
  },
  {
    name: "fail",
    when: `alive and .status.phase == "Running" and (failure == "evicted" or failure == "failed")`,
    delay: `note("after") // "1s"`,
    status: `
phase: Failed
{{- if eq $failure "evicted" }}
reason: Evicted
message: {{ or (index $notes "simulation/message") "The node was low on resource: memory. Threshold quantity: 100Mi, available: 42Mi. " | Quote }}
{{- else }}
reason: {{ or (index $notes "simulation/reason") "UnexpectedAdmissionError" }}
message: {{ or (index $notes "simulation/message") "Pod was rejected by its node" | Quote }}
{{- end }}
conditions:
${condition("DisruptionTarget", "True", "TerminationByKubelet", "The node ended the pod")}
${condition("Initialized", "True")}
${condition("Ready", "False", "PodFailed")}
${condition("ContainersReady", "False", "PodFailed")}
${condition("PodScheduled", "True")}
{{- if eq $failure "evicted" }}
containerStatuses: []
{{- else }}
containerStatuses:
{{- range $pod.spec.containers }}
{{- $old := index $statuses .name }}
- name: {{ .name }}
  image: {{ .image | Quote }}
  imageID: {{ $old.imageID | Quote }}
  ready: false
  started: false
  restartCount: {{ $old.restartCount }}
  state:
    terminated:
      exitCode: 137
      reason: Error
      startedAt: {{ $old.state.running.startedAt | Quote }}
      finishedAt: {{ $now | Quote }}
{{- end }}
{{- end }}`,
  },
  {
    name: "lose-node",
    when: `alive and .status.phase == "Running" and failure == "node-lost" and .status.reason != "NodeLost"`,
    delay: `note("after") // "1s"`,
    status: `
reason: NodeLost
message: {{ printf "Node %s which was running pod %s is unresponsive" .spec.nodeName .metadata.name | Quote }}
conditions:
${condition("Initialized", "True")}
${condition("Ready", "False", "NodeLost")}
${condition("ContainersReady", "True")}
${condition("PodScheduled", "True")}`,
  },
  {
    name: "hold-open",
    when: `alive and job and .status.phase == "Running" and failure == "held-open" and broken.state.running != null`,
    delay: `note("after") // "1s"`,
    status: `
${conditions(false)}
${changeFailing(`
  imageID: {{ $old.imageID | Quote }}
  ready: false
  started: false
  restartCount: {{ $old.restartCount }}
  state:
    terminated:
      exitCode: 0
      reason: Completed
      startedAt: {{ $old.state.running.startedAt | Quote }}
      finishedAt: {{ $now | Quote }}`)}`,
  },
  {
    name: "finish-job",
    when: `alive and job and .status.phase == "Running" and failure != "held-open" and broken.state.running != null`,
    delay: `note("after") // "1s"`,
    status: `
{{- $code := or (index $notes "simulation/exit-code") "0" }}
phase: {{ if eq $code "0" }}Succeeded{{ else }}Failed{{ end }}
containerStatuses:
{{- range $pod.spec.containers }}
{{- $old := index $statuses .name }}
- name: {{ .name }}
  image: {{ .image | Quote }}
  imageID: {{ $old.imageID | Quote }}
  ready: false
  started: false
  restartCount: 0
  state:
    terminated:
      exitCode: {{ $code }}
      reason: {{ if eq $code "0" }}Completed{{ else }}Error{{ end }}
      startedAt: {{ $old.state.running.startedAt | Quote }}
      finishedAt: {{ $now | Quote }}
{{- end }}`,
  },
];

/** How long a pod takes to go once it is asked to. */
const DELETE_STAGE = {
  apiVersion: "kwok.x-k8s.io/v1alpha1",
  kind: "Stage",
  metadata: { name: "pod-delete" },
  spec: {
    resourceRef: { apiGroup: "v1", kind: "Pod" },
    selector: {
      matchExpressions: [
        { key: ".metadata.deletionTimestamp", operator: "Exists" },
        { key: ".metadata.finalizers", operator: "DoesNotExist" },
      ],
    },
    delay: { durationMilliseconds: 500 },
    next: { delete: true },
  },
};

/** A node reports every few seconds, unless its annotation says that it is lost; that it is not ready, where that is what it says. */
const NODE_STAGE = {
  apiVersion: "kwok.x-k8s.io/v1alpha1",
  kind: "Stage",
  metadata: { name: "node-heartbeat" },
  spec: {
    resourceRef: { apiGroup: "v1", kind: "Node" },
    selector: {
      matchExpressions: [
        { key: `.metadata.annotations["simulation/failure"]`, operator: "NotIn", values: ["node-lost"] },
      ],
    },
    delay: {
      durationFrom: {
        expressionFrom: `if .metadata.annotations["simulation/failure"] == "node-not-ready" or ([.status.conditions[]? | select(.type == "Ready") | .status] | index("True")) then "4s" else "100ms" end`,
      },
    },
    next: {
      statusTemplate: `
{{- $now := Now }}
{{- $since := dict }}
{{- range (or .status.conditions list) }}{{ $_ := set $since .type . }}{{ end }}
{{- $unready := eq (index (or .metadata.annotations dict) "simulation/failure" | default "") "node-not-ready" }}
phase: Running
conditions:
{{- range NodeConditions }}
{{- $failing := and $unready (eq .type "Ready") }}
{{- $status := .status }}
{{- if $failing }}{{ $status = "False" }}{{ end }}
- type: {{ .type }}
  status: {{ $status | Quote }}
  reason: {{ if $failing }}KubeletNotReady{{ else }}{{ .reason }}{{ end }}
  message: {{ if $failing }}"container runtime is down"{{ else }}{{ .message | Quote }}{{ end }}
  lastHeartbeatTime: {{ $now | Quote }}
  {{- if eq (dig .type "status" "" $since) $status }}
  lastTransitionTime: {{ dig .type "lastTransitionTime" $now $since | Quote }}
  {{- else }}
  lastTransitionTime: {{ $now | Quote }}
  {{- end }}
{{- end }}`,
    },
  },
};

/** The KWOK configuration with every stage, as a file's text. */
export function stageConfig(): string {
  const pods = STAGES.map(({ name, when, delay, status, event }) => ({
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name: `pod-${name}` },
    spec: {
      resourceRef: { apiGroup: "v1", kind: "Pod" },
      selector: {
        matchExpressions: [
          { key: `${JQ} if (${when}) then "match" else "other" end`, operator: "In", values: ["match"] },
        ],
      },
      delay: { durationFrom: { expressionFrom: `${JQ} ${delay}` } },
      steps: [
        ...(event === undefined ? [] : [{ event }]),
        ...(status === undefined
          ? []
          : [{ patch: { subresource: "status", root: "status", type: "merge", template: `${TEMPLATE}${status}` } }]),
      ],
    },
  }));
  return [...pods, DELETE_STAGE, NODE_STAGE].map((stage) => stringify(stage)).join("---\n");
}
