/** How much of one text is searched, and how many names are kept of it. */
const MAX_TEXT = 4_000;
const MAX_HOSTS = 20;
/** How long a name of DNS may be; what is longer is none. */
const MAX_HOST = 253;

/** A DNS name, in lower case as Kubernetes has it. */
const NAME = String.raw`[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*`;

/** The places of a text where a name stands for a host, whatever program wrote it. */
const HOSTS = new RegExp(
  [
    // postgres://user:password@ledger-db/ledger
    String.raw`://(?:[^@/\s]*@)?(${NAME})(?![a-z0-9-])`,
    // ledger-db:5432
    String.raw`(?<![\w.-])(${NAME}):(?=\d{2,5}(?!\d|\.\d))`,
    // nc -z ledger-db 5432
    String.raw`(?<![\w-])(?:nc|netcat|telnet|nslookup|dig|ping|getent hosts|-h)(?:\s+-\w+)*\s+(${NAME})(?![a-z0-9-])`,
    // host=ledger-db, --host ledger-db, "lookup ledger-db", `could not translate host name "ledger-db"`
    String.raw`(?<![a-z])(?:(?:server )?host(?:name| name)?|server(?: at)?|address|addr|endpoint|lookup|resolve|enotfound|eai_again|unknownhostexception)[\s:=]+["'(]?(${NAME})(?![a-z0-9-])`,
    // ledger-db.data.svc
    String.raw`(?<![\w.-])(${NAME}\.svc(?:\.${NAME})?)(?![\w-])`,
  ].join("|"),
  "g",
);

/** Names that stand for the pod itself, and numbers. */
const OWN = /^(?:localhost|[\d.]+|\d.*)$/;

/** The names that stand for hosts in a command line, a value, or what a program says. */
export function hostsIn(text: string): string[] {
  const found = text.slice(0, MAX_TEXT).toLowerCase().matchAll(HOSTS);
  const names = [...found].flatMap((match) => {
    // All groups but one are undefined, which the type does not say.
    const groups: (string | undefined)[] = match.slice(1);
    return groups.find((group) => group !== undefined) ?? [];
  });
  return [...new Set(names)].filter(isHost).slice(0, MAX_HOSTS);
}

function isHost(name: string): boolean {
  return name.length <= MAX_HOST && !OWN.test(name);
}

/** What a variable of the environment is called that holds a host and nothing else. */
const HOLDS_HOST = /(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER|SERVERS|ENDPOINT|SERVICE|BROKER|BROKERS|NODES|URL|URI)$/i;
const ONLY_NAMES = new RegExp(`^${NAME}(?:[,;] ?${NAME})*$`);

/** The hosts that a variable of the environment names. */
export function hostsOfVariable(name: string, value: string): string[] {
  const plain = value.slice(0, MAX_TEXT).toLowerCase().trim();
  if (HOLDS_HOST.test(name) && ONLY_NAMES.test(plain)) return plain.split(/[,;] ?/).filter(isHost);
  return hostsIn(value);
}

/**
 * The Services that a host name may stand for, seen from a namespace: `db`, `db.data`, `db.data.svc.cluster.local`, and
 * the name of one pod behind it, `db-0.db`.
 * Source: kubernetes.io/docs/concepts/services-networking/dns-pod-service
 */
export function servicesOf(host: string, namespace: string): { namespace: string; name: string }[] {
  const labels = host.split(".");
  const end = labels.indexOf("svc");
  if (end >= 2) return [{ name: labels[end - 2] ?? "", namespace: labels[end - 1] ?? "" }];
  const [first = "", second = "", third = ""] = labels;
  switch (labels.length) {
    case 1:
      return [{ name: first, namespace }];
    case 2:
      return [
        { name: first, namespace: second },
        { name: second, namespace },
      ];
    case 3:
      return [{ name: second, namespace: third }];
    default:
      return [];
  }
}
