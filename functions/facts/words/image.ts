import type { Meaning } from "./meaning.ts";

export interface ImageMeaning extends Meaning {
  /** The cause that it is a case of. */
  cause: "ImageNotFound" | "ImageForAnotherPlatform" | "ImageNotPulled";
  /** It may pass by itself: the kubelet tries again. */
  passing?: true;
  /** It depends on the registry alone, not on which of its images is asked for. */
  registry?: true;
  /** It depends on the repository and on who asks for it, not on which of its images is asked for. */
  access?: true;
}

/** Words for a signature that does not satisfy the node's policy. Source: kubernetes pkg/kubelet/images/image_manager.go; containers/image */
export const SIGNATURE_WORDS: readonly Meaning[] = [
  {
    name: "signature",
    means: "the image's signature was refused",
    advice: "Treat it as a security matter: find out who pushed the image, and why it is not signed.",
    words: ["SignatureValidationFailed", "the signature validation failed", "Source image rejected"],
    reasons: ["SignatureValidationFailed"],
  },
];

/**
 * Why an image cannot be pulled, in the words of the kubelet, containerd, CRI-O, the OCI distribution specification, Docker
 * Hub, quay, ECR, Artifact Registry, Harbor and ghcr. They are looked for without the names of images and registries. The order
 * matters: what says more comes before what it contains.
 *
 * Source: kubernetes pkg/kubelet/images (image_manager.go, puller.go), KEP-2535; containerd core/remotes/docker; OCI
 * distribution specification, error codes
 */
export const IMAGE_WORDS: readonly ImageMeaning[] = [
  {
    name: "throttled",
    cause: "ImageNotPulled",
    passing: true,
    means: "the registry limits the rate of pulls",
    advice: "The registry limits the rate of pulls. Use a pull-through cache, or pull with credentials.",
    words: ["toomanyrequests", "too many requests", "rate limit", "rate exceeded"],
    outside: true,
  },
  {
    name: "queued",
    cause: "ImageNotPulled",
    passing: true,
    means: "the kubelet pulls no more images at once",
    advice: "The kubelet holds pulls back by its own limit. Raise registryPullQPS and registryBurst on the node.",
    words: ["pull QPS exceeded"],
    outside: true,
  },
  {
    name: "no_space",
    cause: "ImageNotPulled",
    means: "the node has no room left on its disk",
    advice:
      "The node's disk is full. Free room on it (images, logs, emptyDir volumes), or give the node a larger disk.",
    words: ["no space left on device", "disk quota exceeded"],
    outside: true,
  },
  {
    name: "platform",
    cause: "ImageForAnotherPlatform",
    means: "the image is not built for the node's platform",
    advice:
      "Build the image for the node's platform as well (docker buildx build --platform), or keep the pods on nodes of its own with a selector on kubernetes.io/arch.",
    words: [
      "no match for platform in manifest",
      "no matching manifest for",
      "no image found in manifest list for architecture",
      "no image found in image index for architecture",
      "does not match the specified platform",
      "cannot be used on this platform",
    ],
  },
  {
    name: "format",
    cause: "ImageNotPulled",
    means: "the image is in a format that the node's container runtime does not take",
    advice: "Build and push the image anew with a present tool: the message names the format that it is in.",
    words: [
      ...["media type*is no longer supported", "unsupported media type", "unsupported manifest"],
      ...["manifest schema unsupported", "unsupported image format"],
    ],
  },
  {
    name: "not_an_image",
    cause: "ImageNotPulled",
    means: "what came from the registry, or from a proxy or mirror before it, is no image",
    advice:
      "See what answers for the registry (a proxy, a mirror, a page to log in), and whether the image's name is right: the message names the kind of content that came.",
    words: ["unexpected media type"],
  },
  {
    name: "unpack",
    cause: "ImageNotPulled",
    means: "the node cannot unpack the image",
    advice:
      "The message says what goes wrong. Where other images can be unpacked on that node, the image is broken or does not fit it: build and push it anew; otherwise look at the node's disk and container runtime.",
    words: [
      ...["failed to extract layer", "failed to register layer", "unpack image on snapshotter"],
      ...["unable to prepare extraction snapshot", "failed to create prepare snapshot dir", "unpigz", "invalid tar"],
      "content digest sha256:*not found",
    ],
  },
  {
    name: "plain_http",
    cause: "ImageNotPulled",
    registry: true,
    means: "the registry speaks HTTP, and the node asks for HTTPS",
    advice: "Give the registry a certificate, or have the nodes know it as one without (an insecure registry).",
    words: ["server gave HTTP response to HTTPS client"],
  },
  {
    name: "untrusted",
    cause: "ImageNotPulled",
    registry: true,
    means: "the node does not trust the registry's certificate",
    advice:
      "The node does not trust the registry's certificate. Renew it, or give the nodes the authority that signed it.",
    words: ["x509:", "certificate signed by unknown authority"],
  },
  {
    name: "proxy",
    cause: "ImageNotPulled",
    passing: true,
    registry: true,
    means: "the node's proxy does not let it through to the registry",
    advice: "Check the proxy that the node's container runtime is set to use (HTTPS_PROXY, NO_PROXY), and the proxy.",
    words: ["proxyconnect", "proxy authentication required"],
  },
  {
    // Before what refuses: where no token can be fetched, the words for that stand around those for the network.
    name: "unreachable",
    cause: "ImageNotPulled",
    passing: true,
    registry: true,
    means: "the registry is out of reach",
    advice: "The registry is out of reach from the node. Check DNS, the network path and the registry's status.",
    words: [
      ...["timeout", "timed out", "deadline exceeded", "no such host", "server misbehaving", "network is unreachable"],
      ...["connection refused", "connection reset", "no route to host", "unreachable", ": EOF", "unexpected EOF"],
      ...["tls:", "500 internal server error", "502 bad gateway", "503 service unavailable", "504 gateway time"],
      ...["received unexpected HTTP status: 5", "unexpected status code 5", "the registry is unavailable"],
    ],
    reasons: ["RegistryUnavailable"],
  },
  {
    name: "no_credentials",
    cause: "ImageNotPulled",
    access: true,
    means: "the registry wants credentials, and the node has none for it",
    advice:
      "The node has no credentials for the registry. Check imagePullSecrets, those of the service account, and the node role's registry permissions.",
    words: ["no basic auth credentials"],
  },
  {
    name: "absent_or_denied",
    cause: "ImageNotPulled",
    means: "the repository does not exist, or the registry refuses the credentials; its answer does not tell which",
    advice:
      "Either the repository or tag does not exist, or the registry refuses the credentials: it gives the same answer to both. Check the image's name, then imagePullSecrets and the node role's registry permissions.",
    words: [
      "repository does not exist or may require",
      "may not exist or may require",
      "or it may not exist",
      "access to the requested resource is not authorized",
      "requested access to the resource is denied",
      "failed to fetch anonymous token",
      "unauthorized to access repository",
      "denied: denied",
      "quay.io*401 unauthorized",
    ],
  },
  {
    name: "unauthorized",
    cause: "ImageNotPulled",
    access: true,
    means: "the registry refuses the pull: credentials are missing, or not accepted",
    advice: "Check imagePullSecrets, those of the service account, and the node role's registry permissions.",
    words: [
      ...["unauthorized", "unauthorised", "authorization", "authentication", "denied", "forbidden"],
      ...["incorrect username or password", "invalid username/password"],
    ],
  },
  {
    name: "invalid_name",
    cause: "ImageNotFound",
    means: "the image's name is not a valid one",
    advice: "Correct the image's name: lower case, no spaces, one tag or digest.",
    words: [
      "couldn't parse image",
      "invalid reference format",
      "InvalidImageName",
      "failed to apply default image tag",
    ],
    reasons: ["InvalidImageName"],
  },
  {
    name: "short_name",
    cause: "ImageNotFound",
    means: "the image's name does not say its registry, and the node knows of none to look in",
    advice: "Write the image's name with its registry, such as docker.io/library/nginx:1.",
    words: [
      ...["did not resolve to an alias", "short name mode is enforcing", "no unqualified-search registries"],
      "returns ambiguous list",
    ],
  },
  {
    name: "never_pulled",
    cause: "ImageNotFound",
    // The kubelet says the same of an image that is there, and that it holds back.
    means: "the image is not on the node, or not for its credentials, and its pull policy is Never",
    advice:
      "Put the image on the nodes, or set another imagePullPolicy than Never. Where the image is there, it may have been pulled with credentials that the pods do not bring: from Kubernetes 1.35 on, the kubelet then holds it back.",
    words: ["is not present with pull policy of Never", "ErrImageNeverPull"],
    reasons: ["ErrImageNeverPull"],
  },
  {
    name: "not_found",
    cause: "ImageNotFound",
    means: "the image does not exist in its registry",
    advice: "The image or its tag is not in the registry. Push it, or deploy one that is there.",
    words: [
      ...["not found", "notfound", "manifest unknown", "manifest_unknown", "name unknown", "name_unknown"],
      ...["no such image", "does not exist", "repository name not known"],
    ],
  },
];

/** A pull secret that is not there, in the words of the kubelet's Events: they tell of it beside what the registry says. */
export const PULL_SECRET: ImageMeaning = {
  name: "no_pull_secret",
  cause: "ImageNotPulled",
  access: true,
  means: "an image pull secret that the pod names does not exist, and the registry does not admit it without",
  advice: "Create the secret in the namespace (type kubernetes.io/dockerconfigjson), or correct its name.",
  words: ["Unable to retrieve some image pull secrets"],
  reasons: ["FailedToRetrieveImagePullSecret"],
};

/** A program that is built for another processor: the runtime says so when it starts. Source: execve(2), ENOEXEC */
export const EXEC_WORDS: readonly ImageMeaning[] = [
  {
    name: "exec_format",
    cause: "ImageForAnotherPlatform",
    means: "its program is built for another processor than the node's, or is no program",
    advice:
      "Build the image for the node's platform as well (docker buildx build --platform), or keep the pods on nodes of its own with a selector on kubernetes.io/arch. A script needs its first line (#!).",
    words: ["exec format error"],
  },
];
