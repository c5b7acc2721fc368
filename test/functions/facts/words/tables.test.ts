import { describe, expect, it } from "vitest";
import { schedulingReasons } from "../../../../functions/classify/scheduling.ts";
import type { Case } from "../../../../functions/facts/case.ts";
import { CONTAINER_WORDS } from "../../../../functions/facts/words/config.ts";
import { CREATION_WORDS } from "../../../../functions/facts/words/creation.ts";
import { EXEC_WORDS, IMAGE_WORDS } from "../../../../functions/facts/words/image.ts";
import { meaningOf, type Meaning } from "../../../../functions/facts/words/meaning.ts";
import { SCHEDULING_WORDS } from "../../../../functions/facts/words/scheduling.ts";
import { STARTING_WORDS } from "../../../../functions/facts/words/volumes.ts";

/** Messages as the components write them, and what each means. */
const nameIn = (table: readonly Meaning[], message: string) => meaningOf(table, [{ reason: "", message }])?.name;

describe("what the kubelet says of images", () => {
  const pulling = 'failed to pull and unpack image "docker.io/shop/web:2":';
  it.each([
    ["platform", `rpc error: code = NotFound desc = ${pulling} no match for platform in manifest: not found`],
    ["platform", "no matching manifest for linux/arm64/v8 in the manifest list entries"],
    [
      "platform",
      'choosing image instance: no image found in manifest list for architecture "arm64", variant "v8", OS "linux"',
    ],
    ["platform", 'no image found in image index for architecture "arm64", variant "v8", OS "linux"'],
    ["no_space", `${pulling} failed to extract layer sha256:1f: write /var/lib/containerd/x: no space left on device`],
    ["untrusted", "tls: failed to verify certificate: x509: certificate has expired or is not yet valid"],
    ["plain_http", "http: server gave HTTP response to HTTPS client"],
    ["platform", 'image operating system "windows" cannot be used on this platform: operating system is not supported'],
    [
      "format",
      `not implemented: media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd v2.1, please rebuild the image`,
    ],
    [
      "unpack",
      `${pulling} failed to extract layer sha256:1f: failed to Lchown "/x" for UID 1516583083: invalid argument`,
    ],
    ["unpack", `${pulling} failed to copy: content digest sha256:1f: not found`],
    ["not_an_image", `${pulling} unexpected media type text/html for sha256:1f: not found`],
    [
      "not_an_image",
      `${pulling} failed to unpack image on snapshotter overlayfs: unexpected media type text/html for sha256:1f: not found`,
    ],
    ["unpack", `${pulling} failed to extract layer sha256:1f: mount callback failed: permission denied`],
    ["proxy", "failed to do request: Head: proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused"],
    ["proxy", "failed to do request: Head: Proxy Authentication Required"],
    [
      "unreachable",
      "failed to authorize: failed to fetch anonymous token: Get: dial tcp: lookup auth.docker.io: no such host",
    ],
    [
      "unreachable",
      "failed to authorize: failed to fetch oauth token: unexpected status from GET request: 503 Service Unavailable",
    ],
    ["unreachable", "image pull failed for shop/web:2 because the registry is unavailable"],
    [
      "no_credentials",
      "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials",
    ],
    ["absent_or_denied", "unauthorized: unauthorized to access repository: library/web, action: pull"],
    ["absent_or_denied", "Error response from daemon: Head: denied: denied"],
    ["short_name", "did not resolve to an alias and no unqualified-search registries are defined"],
    ["short_name", "short name mode is enforcing, but image name web:2 returns ambiguous list"],
    ["not_found", "unknown: artifact library/web:9 not found"],
    [
      "throttled",
      "429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.",
    ],
    ["throttled", "toomanyrequests: Rate exceeded"],
    ["queued", "pull QPS exceeded"],
    [
      "absent_or_denied",
      "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
    ],
    [
      "absent_or_denied",
      "Error response from daemon: pull access denied for shop/wbe, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    ],
    [
      "absent_or_denied",
      "reading manifest 2 in quay.io/shop/web: unauthorized: access to the requested resource is not authorized",
    ],
    [
      "absent_or_denied",
      'denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "projects/p" (or it may not exist)',
    ],
    [
      "absent_or_denied",
      "failed to authorize: failed to fetch anonymous token: unexpected status from GET request: 403 Forbidden",
    ],
    ["unauthorized", "failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized"],
    ["unauthorized", "unauthorized: incorrect username or password"],
    ["no_credentials", "no basic auth credentials"],
    ["not_found", "manifest unknown: manifest unknown"],
    ["not_found", "NAME_UNKNOWN: The repository with name 'shop' does not exist in the registry with id '1'"],
    ["never_pulled", "Container image is not present with pull policy of Never"],
    ["invalid_name", "couldn't parse image name: invalid reference format: repository name must be lowercase"],
    ["unreachable", "dial tcp: lookup registry.example on 10.0.0.10:53: server misbehaving"],
    ["unreachable", "net/http: TLS handshake timeout"],
    ["unreachable", "received unexpected HTTP status: 503 Service Unavailable"],
    [undefined, "Back-off pulling image"],
  ])("means %s: %s", (name, message) => {
    expect(nameIn(IMAGE_WORDS, message)).toBe(name);
  });

  it.each([
    "exec /usr/local/bin/docker-entrypoint.sh: exec format error",
    "standard_init_linux.go:228: exec user process caused: exec format error",
    "crun: exec: `/app`: Exec format error",
  ])("means a program for another processor: %s", (message) => {
    expect(nameIn(EXEC_WORDS, message)).toBe("exec_format");
  });
});

describe("what the kubelet and the runtimes say of containers", () => {
  const runc =
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process:";
  it.each([
    ["root", 'container has runAsNonRoot and image will run as root (pod: "web-1_shop(0e)", container: app)'],
    [
      "root",
      'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root (pod: "web-1_shop(0e)", container: app)',
    ],
    ["root", 'container\'s runAsUser breaks non-root policy (pod: "web-1_shop(0e)", container: app)'],
    ["sub_path", 'failed to prepare subPath for volumeMount "config" of container "app"'],
    ["sub_path", 'failed to create subPath directory for volumeMount "data" of container "app"'],
    [
      "sub_path",
      `${runc} error during container init: error mounting "/var/lib/kubelet/pods/1/volume-subpaths/c/app/0" to rootfs at "/etc/app.conf": not a directory: Are you trying to mount a directory onto a file (or vice-versa)?`,
    ],
    [
      "host_path",
      'failed to generate container "1f" spec: failed to generate spec: failed to stat "/opt/x": stat /opt/x: no such file or directory',
    ],
    ["host_path", 'path "/mnt" is mounted on "/mnt" but it is not a shared or slave mount'],
    [
      "mount_path",
      `${runc} error during container init: error mounting "/var/lib/kubelet/pods/1/volumes/kubernetes.io~configmap/c" to rootfs at "/etc/app.conf": not a directory: Are you trying to mount a directory onto a file (or vice-versa)?`,
    ],
    [
      "mount_path",
      `${runc} error during container init: error mounting "/x" to rootfs at "/a/b": create mountpoint for /a/b mount: mkdirat: read-only file system`,
    ],
    ["no_user", `${runc} unable to find user app: no matching entries in passwd file: unknown`],
    ["no_user", "mount callback failed on /var/lib/containerd/tmpmounts/containerd-mount1: no users found"],
    ["no_command", `${runc} exec: "serev": executable file not found in $PATH: unknown`],
    ["no_command", `${runc} exec: "/bin/serev": stat /bin/serev: no such file or directory: unknown`],
    ["no_command", "executable file `serev` not found in $PATH: No such file or directory"],
    ["no_command", 'failed to generate container "1f" spec: failed to generate spec: no command specified'],
    ["not_executable", `${runc} exec: "/app/run.sh": permission denied: unknown`],
    [
      "not_executable",
      String.raw`container create failed: time="2026-06-01T12:00:00Z" level=error msg="runc create failed: unable to start container process: exec: \"/app/run.sh\": permission denied"`,
    ],
    ["working_directory", `${runc} chdir to cwd ("/srv") set in config.json failed: permission denied: unknown`],
    ["memory", `${runc} container init was OOM-killed (memory limit too low?): unknown`],
    ["no_space", "failed to reserve container name: write /var/lib/containerd/x: no space left on device"],
    [undefined, "context deadline exceeded"],
    [undefined, 'the container name "/k8s_app_web" is already in use by container "1f"'],
  ])("means %s: %s", (name, message) => {
    expect(nameIn(CONTAINER_WORDS, message)).toBe(name);
  });
});

describe("what the scheduler says", () => {
  const namesIn = (message: string, pod: object = {}) => {
    const failing = { pod, failures: [{ reason: "Unschedulable", message }] };
    return schedulingReasons({ failing: [failing] } as unknown as Case).meanings.map(({ name }) => name);
  };

  it("of the other nodes is no reason for a pod that is for one node, unless it is the only one", () => {
    const matchFields = [{ key: "metadata.name", operator: "In", values: ["node-1"] }];
    const required = { nodeSelectorTerms: [{ matchFields }] };
    const ofDaemonSet = {
      spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } },
    };
    const full =
      "0/3 nodes are available: 1 Too many pods, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: none.";
    const gone = "0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity].";

    expect(namesIn(full, ofDaemonSet)).toEqual(["too_many_pods"]);
    expect(namesIn(full)).toEqual(["too_many_pods", "node_selector"]);
    expect(namesIn(gone, ofDaemonSet)).toEqual(["node_selector"]);
  });

  it.each<[string[], string]>([
    [["resources"], "0/3 nodes are available: 3 Insufficient cpu."],
    [
      ["resources", "taint"],
      "0/4 nodes are available: 1 node(s) had untolerated taint {dedicated: db}, 3 Insufficient nvidia.com/gpu.",
    ],
    [["too_many_pods"], "0/2 nodes are available: 2 Too many pods."],
    [["node_selector"], "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."],
    [["pod_affinity"], "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules."],
    [["pod_affinity"], "0/3 nodes are available: 3 node(s) didn't match pod affinity rules."],
    [
      ["spread"],
      "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints (missing required label).",
    ],
    [["host_port"], "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports."],
    [["unbound_claim"], "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims."],
    [["no_claim"], '0/3 nodes are available: persistentvolumeclaim "data" not found.'],
    [["storage_class"], '0/3 nodes are available: storageclass.storage.k8s.io "fast" not found.'],
    [["volume_elsewhere"], "0/3 nodes are available: 3 node(s) had volume node affinity conflict."],
    [
      ["some_taint", "volume_elsewhere"],
      "0/6 nodes are available: 3 node(s) didn't match PersistentVolume's node affinity, 3 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/6 nodes are available: 6 Preemption is not helpful for scheduling.",
    ],
    [["no_driver"], "0/3 nodes are available: 3 ebs.csi.aws.com CSI driver is not installed on the node."],
    [["volume_limit"], "0/3 nodes are available: 3 node(s) exceed max volume count."],
    [["cordoned"], "0/1 nodes are available: 1 node(s) were unschedulable."],
    [["fargate_support"], "Pod not supported on Fargate: invalid SecurityContext fields: Privileged"],
    [["fargate_capacity"], "Fargate capacity is unavailable at this time. Please try again later."],
    [
      ["resources", "fargate_node"],
      "0/5 nodes are available: 2 node(s) had untolerated taint {eks.amazonaws.com/compute-type: fargate}, 3 Insufficient cpu.",
    ],
    [["not_ready"], "0/1 nodes are available: 1 node(s) had untolerated taint {node.cilium.io/agent-not-ready: true}."],
    [["not_ready"], "0/1 nodes are available: 1 node(s) had untolerated taint {ebs.csi.aws.com/agent-not-ready: }."],
    [
      ["volume_in_use"],
      "0/1 nodes are available: 1 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode.",
    ],
    [["some_taint"], "0/3 nodes are available: 3 node(s) had untolerated taint(s)."],
    [
      ["not_ready"],
      "0/1 nodes are available: 1 node(s) had untolerated taint {node.cloudprovider.kubernetes.io/shutdown: }.",
    ],
    [
      ["going_away"],
      "0/1 nodes are available: 1 node(s) had untolerated taint {aws-node-termination-handler/spot-itn: 1}.",
    ],
    [["taint"], "0/1 nodes are available: 1 node(s) had taint {a: }, that the pod didn't tolerate."],
    [
      ["not_ready", "pressure"],
      "0/3 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }, 2 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.",
    ],
    [["others_affinity"], "0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules."],
    [["node_selector"], "0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity] simultaneously."],
    [
      ["resources"],
      "0/3 nodes are available: 1 Insufficient memory, 2 node is filtered out by the prefilter result. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    ],
    [
      ["resource_claim"],
      "0/1 nodes are available: 1 cannot allocate all claims. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    ],
    [
      ["unbound_claim"],
      '0/1 nodes are available: waiting for ephemeral volume controller to create the persistentvolumeclaim "web-1-tmp".',
    ],
    [["volume_elsewhere"], "0/3 nodes are available: 3 node(s) had no available volume zone."],
    [["no_nodes"], "no nodes available to schedule pods"],
  ])("means %s: %s", (names, message) => {
    expect(namesIn(message)).toEqual(names);
  });
});

describe("what the API server says of pods that are not created", () => {
  const forbidden = 'pods "web-1-x" is forbidden:';
  it.each([
    [
      "quota",
      `${forbidden} exceeded quota: small, requested: requests.cpu=2, used: requests.cpu=0, limited: requests.cpu=1`,
    ],
    ["quota_unsaid", `${forbidden} failed quota: small: must specify limits.cpu for: app`],
    ["limit_range", `${forbidden} maximum cpu usage per Container is 1, but limit is 2`],
    ["limit_range", `${forbidden} minimum memory usage per Container is 64Mi, but request is 32Mi`],
    [
      "limit_range",
      `${forbidden} memory max limit to request ratio per Container is 2, but provided ratio is 4.000000`,
    ],
    [
      "pod_security",
      `${forbidden} violates PodSecurity "restricted:latest": privileged (container "app" must not set securityContext.privileged=true)`,
    ],
    [
      "scc",
      `${forbidden} unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount]`,
    ],
    [
      "service_account",
      'pods "web-1-" is forbidden: error looking up service account shop/web: serviceaccount "web" not found',
    ],
    [
      "policy_refuses",
      'admission webhook "validate.kyverno.svc-fail" denied the request: validation error: must specify limits, or it violates PodSecurity',
    ],
    ["policy_refuses", `${forbidden} image policy webhook backend denied one or more images: no`],
    ["webhook_silent", 'failed calling webhook "v": failed to call webhook: Post: service "v" not found'],
    [
      "webhook_silent",
      'failed calling webhook "v": failed to call webhook: Post: tls: failed to verify certificate: x509: certificate has expired',
    ],
    ["nodes", `${forbidden} pod node label selector conflicts with its namespace node label selector`],
    [
      "nodes",
      `${forbidden} pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist`,
    ],
    ["limit_range", `${forbidden} minimum cpu usage per Container is 100m.  No request is specified`],
    ["api", 'Operation cannot be fulfilled on resourcequotas "small": the object has been modified'],
    ["priority_class", `${forbidden} no PriorityClass with name high was found`],
    ["runtime_class", `${forbidden} pod rejected: RuntimeClass "gvisor" not found`],
    [
      "policy_refuses",
      'admission webhook "validate.kyverno.svc-fail" denied the request: resource Pod/shop/web was blocked',
    ],
    [
      "policy_refuses",
      `pods "web" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'all' denied request: no latest`,
    ],
    [
      "webhook_silent",
      'Internal error occurred: failed calling webhook "v.example.com": failed to call webhook: Post "https://v.shop.svc:443/v?timeout=10s": context deadline exceeded',
    ],
    [
      "webhook_silent",
      'Internal error occurred: failed calling webhook "v.example.com": failed to call webhook: Post "https://v.shop.svc:443/": no endpoints available for service "v"',
    ],
    ["namespace_ends", `${forbidden} unable to create new content in namespace shop because it is being terminated`],
    ["api", "Timeout: request did not complete within requested timeout - context deadline exceeded"],
    ["invalid", 'Pod "web-1-x" is invalid: spec.containers[0].image: Required value'],
  ])("means %s: %s", (name, message) => {
    expect(nameIn(CREATION_WORDS, message)).toBe(name);
  });
});

describe("what Events say of pods whose containers are not created", () => {
  it.each([
    ["multi_attach", 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-1-x'],
    ["no_claim", 'persistentvolumeclaim "data" not found'],
    [
      "no_driver",
      'MountVolume.MountDevice failed for volume "pvc-1" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name efs.csi.aws.com not found in the list of registered CSI drivers',
    ],
    ["host_path", 'MountVolume.SetUp failed for volume "x" : hostPath type check failed: /opt/x is not a directory'],
    [
      "token",
      'MountVolume.SetUp failed for volume "kube-api-access-x" : failed to fetch token: serviceaccounts "web" not found',
    ],
    [
      "attach",
      'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = Internal desc = Could not attach volume',
    ],
    ["mount", 'MountVolume.SetUp failed for volume "nfs" : mount failed: exit status 32'],
    [
      "mount",
      "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[]: timed out waiting for the condition",
    ],
    [
      "no_address",
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "1f": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
    ],
    [
      "no_runtime",
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "gvisor" is configured',
    ],
    [
      "network",
      'Failed to create pod sandbox: failed to setup network for sandbox "1f": plugin type="calico" failed (add): connection is unauthorized',
    ],
    [
      "network",
      "network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized",
    ],
    [
      "memory",
      'Failed to create pod sandbox: failed to start sandbox "1f": failed to create containerd task: OCI runtime create failed: container init was OOM-killed (memory limit too low?)',
    ],
    ["sandbox", "Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = context deadline exceeded"],
  ])("means %s: %s", (name, message) => {
    expect(nameIn(STARTING_WORDS, message)).toBe(name);
  });
});

describe("every table", () => {
  const tables = { IMAGE_WORDS, EXEC_WORDS, CONTAINER_WORDS, SCHEDULING_WORDS, CREATION_WORDS, STARTING_WORDS };
  it.each(Object.entries<readonly Meaning[]>(tables))(
    "%s understands each of its own words as itself, or as what says more",
    (_name, table) => {
      for (const [index, { words, advice }] of table.entries()) {
        expect(advice).toMatch(/\.$/);
        for (const word of words) {
          const found = table.findIndex((entry) => meaningOf([entry], [{ reason: "", message: word }]) !== undefined);
          expect(found, word).toBeLessThanOrEqual(index);
        }
      }
    },
  );
});
