/**
 * Marks in a pod template that change nothing of what runs: somebody wrote them to have the same thing started again, or a
 * tool did because what the template reads has changed. There is no standard for their names, so that they are told by
 * the words that they are made of.
 */

/** Words for being started again. Helm's documentation has `rollme`. */
const AGAIN = words("restart restarted restarts redeploy redeployed reload reloaded relaunched recreated rollme");
/** Words that may stand beside these. */
const BESIDE = words("at on by time timestamp date last force forced trigger triggered nonce count rollout pod pods");
/** Words for a moment. A mark that holds one is of no use to what runs: `cattle.io/timestamp`, `deployed-at`. */
const MOMENT = words("at time timestamp date");
const IS_MOMENT = /^(\d{4}-\d\d-\d\d([T ]\d\d[:-]?\d\d.*)?|\d{10}|\d{13})$/;

/** Words for what was computed from something. */
const DIGEST = words("checksum checksums hash hashes sha sha1 sha256 sha512 md5 crc32 digest fingerprint");
/** What a digest is of that is not read but run: a new one means a new version. */
const CODE = words("git commit image build source code template app chart");
/** What a template reads. */
const READ = words(
  "config configs configuration configmap configmaps cm secret secrets settings env credentials cert certs certificate",
);
/** Words for which one of it that is. */
const WHICH = words("version revision generation resource resourceversion serial changed updated modified rotated");

/** Tools whose marks tell which Secret or ConfigMap has changed. */
const TOOLS = ["reloader.stakater.com", "secrets.doppler.com", "secrets.infisical.com"];
/** Source: stakater/Reloader, internal/pkg/constants */
const RELOADER_VARIABLE = /^STAKATER_.+_(CONFIGMAP|SECRET|SECRETPROVIDERCLASS)$/;

/** Whether a label or annotation of a template says no more than that, or when, it was started again. */
export function isRestartMark(key: string, value: string): boolean {
  const name = wordsOf(nameOf(key));
  if (name.some((word) => MOMENT.has(word)) && IS_MOMENT.test(value)) return true;
  return name.some((word) => AGAIN.has(word)) && name.every((word) => AGAIN.has(word) || BESIDE.has(word));
}

/** Whether a label or annotation of a template says no more than in which state something is that the template reads. */
export function isMarkOfWhatIsRead(key: string): boolean {
  const domain = key.slice(0, Math.max(0, key.indexOf("/")));
  if (TOOLS.includes(domain)) return true;
  const name = [...(domain.includes(".") ? [] : wordsOf(domain)), ...wordsOf(nameOf(key))];
  const has = (vocabulary: ReadonlySet<string>) => name.some((word) => vocabulary.has(word));
  return has(READ) ? has(DIGEST) || has(WHICH) : has(DIGEST) && !has(CODE);
}

/** Whether an environment variable with a plain value is such a mark, and nothing that a program reads. */
export function isMarkingVariable(name: string): boolean {
  if (RELOADER_VARIABLE.test(name)) return true;
  const parts = wordsOf(name);
  if (parts.some((word) => AGAIN.has(word))) return parts.every((word) => AGAIN.has(word) || BESIDE.has(word));
  return parts.some((word) => DIGEST.has(word)) && parts.every((word) => DIGEST.has(word) || READ.has(word));
}

function nameOf(key: string): string {
  return key.slice(key.indexOf("/") + 1);
}

/** `restartedAt`, `restarted-at` and `RESTARTED_AT` are the same two words. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}
