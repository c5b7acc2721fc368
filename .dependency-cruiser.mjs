/**
 * Imports run one way: who may need whom, in all of the sources. Types count, too. `npm run lint` checks it, and
 * test/lint/arrows.test.ts checks that each rule says no. docs/decisions/011-rooms-and-arrows.md says why.
 */

/** The rooms of functions/ below the steps, and what each may need. Every other folder of functions/ is a step. */
const ROOMS = {
  // What a deployed function gets from AWS. Only handlers need it, so that all else runs on one machine as well.
  lambda: ["run", "shared"],
  executions: ["run", "shared"],
  remedies: ["facts", "run", "kinds", "shared"],
  scan: ["facts", "run", "kinds", "shared"],
  facts: ["run", "kinds", "shared"],
  run: ["kinds", "shared"],
  kinds: ["shared"],
  shared: [],
};
const ROOM = Object.keys(ROOMS).join("|");
const STEP = `^functions/(?!(?:${ROOM})/)([^/]+)/`;
const HANDLER = "^functions/[^/]+/(mcp-|(deliver|discovery|fleet|git|scorecard)/)?handler[.]ts$";

/** Schemas and words of the remedies, which the run's contracts, the policy and the workflow are made of. */
const LEAF = "^functions/remedies/((contracts|entry|asked)|[^/]+/contract)[.]ts$";
/** The rooms that have a field for each remedy: the contracts, and the policy. */
const LISTING_REMEDIES = ["run", "shared"];
/** What leaves need: schemas and names, nothing that reads, writes or decides. */
const BELOW_LEAVES = "^functions/shared/(refs|request-fields|permissions|action-mode|kubernetes/names)[.]ts$";

const from = (path, pathNot) => (pathNot === undefined ? { path } : { path, pathNot });
const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

export default {
  forbidden: [
    ...Object.entries(ROOMS).map(([room, below]) =>
      forbid(
        `${room}-needs-what-is-below`,
        "Arrows between the rooms of functions/ go down only: what is below can be understood, tested and changed without " +
          "what is above. The remedies' leaves are below what has a field for each remedy.",
        from(`^functions/${room}/`, room === "remedies" ? HANDLER : undefined),
        {
          path: `^functions/(?!(?:${[room, ...below].join("|")})/)`,
          ...(LISTING_REMEDIES.includes(room) ? { pathNot: LEAF } : {}),
        },
      ),
    ),
    forbid(
      "remedies-handler-is-a-step",
      "One handler serves all remedies. It makes a Lambda of a step as the other handlers do, and needs no other step.",
      from("^functions/remedies/handler[.]ts$"),
      { path: `^functions/(?!(?:${ROOM})/)` },
    ),
    forbid(
      "steps-stand-alone",
      "A step never needs another: each is a Lambda with its own permissions, and carries no other's code. What two of them " +
        "need is in a room below.",
      from(STEP),
      { path: `^functions/(?!(?:${ROOM})/)`, pathNot: "^functions/$1/" },
    ),
    forbid(
      "only-handlers-know-lambda",
      "Domain modules know a cluster and plain values, nothing of Lambda: they run on one machine as they do in AWS.",
      from("^functions/(?!lambda/)", HANDLER),
      { path: "^functions/lambda/" },
    ),
    forbid(
      "shared-lists-no-remedies",
      "Of what is shared, the policy alone has a field for each remedy.",
      from("^functions/shared/", "^functions/shared/policy[.]ts$"),
      { path: LEAF },
    ),
    forbid(
      "leaves-need-nothing",
      "The run's contracts and the policy are made of the remedies' leaves. A leaf that needed more than schemas and names " +
        "would pull all of a remedy below the run, or close a circle.",
      from(LEAF),
      { pathNot: [LEAF, BELOW_LEAVES, "^node_modules/zod/"] },
    ),
    forbid(
      "remedies-stand-alone",
      "A remedy can be added, changed or taken away without the others; one through a tool, whose name ends so, needs the plain " +
        "one in whose place it stands. What two of them need beside that is beside their folders.",
      from("^functions/remedies/([^/]*?)([^/-]+)/"),
      { path: "^functions/remedies/[^/]+/", pathNot: "^functions/remedies/($1$2|$2)/" },
    ),
    forbid(
      "kinds-stand-alone",
      "A kind can be added, changed or taken away without the others. What two of them need is beside their folders.",
      from("^functions/kinds/([^/]+)/"),
      { path: "^functions/kinds/[^/]+/", pathNot: "^functions/kinds/($1|failing|revisions)/" },
    ),
    ...[
      ["client-sns", "functions/notify", "publishes notifications"],
      [
        "client-dynamodb",
        "functions/(notify/(git|record)|patrol|lambda)",
        "keep the record, the latest looks and what is open in Git, and read them",
      ],
      ["client-eventbridge", "functions/notify/record", "puts outcomes on the event bus"],
      ["client-s3", "functions/remedies", "keeps what a remedy destroys"],
      ["client-sfn", "functions/(agent|executions)", "starts executions and looks at them"],
      ["client-kms", "functions/(decide|notify)", "makes and checks the codes of links"],
      ["client-eks", "functions/lambda", "finds clusters"],
      ["client-secrets-manager", "functions/lambda", "reads tokens of Git servers"],
      ["client-ssm", "functions/lambda", "reads what is set at run time, the list of a hub, and where to deliver"],
    ].map(([client, owner, does]) =>
      forbid(
        `${client}-has-one-owner`,
        `Only ${owner} ${does}: every other bundle is smaller without the client, and cannot do it.`,
        from("^functions/", `^${owner}/`),
        { path: `^node_modules/@aws-sdk/${client}/` },
      ),
    ),
    forbid(
      "functions-need-no-tools",
      "What is deployed knows nothing of how it is deployed, played on one machine, measured or tested.",
      from("^functions/"),
      { path: "^(infra|local|statemachines|test|tools)/" },
    ),
    forbid(
      "workflow-needs-names",
      "The workflow is made of the names of remedies and errors, and of nothing that runs in a step.",
      from("^statemachines/"),
      { path: "^(functions|infra|local|test|tools)/", pathNot: [LEAF, "^functions/shared/errors[.]ts$"] },
    ),
    forbid(
      "infra-needs-contracts",
      "The stack is made of contracts: requests, the policy, measurements, pauses, permissions. No step runs while it is synthesised.",
      from("^infra/"),
      {
        path: "^(functions|local|test|tools)/",
        pathNot: [
          LEAF,
          "^functions/remedies/permissions[.]ts$",
          "^functions/run/(contracts|measurement|pauses|request)[.]ts$",
          "^functions/agent/tool-sets[.]ts$",
          "^functions/ways-in/ways[.]ts$",
          "^functions/notify/deliver/destinations[.]ts$",
          "^functions/notify/git/settings[.]ts$",
          "^functions/(kinds|shared)/",
        ],
      },
    ),
    forbid(
      "local-plays-what-is-deployed",
      "One machine runs the functions and the workflow themselves, and needs neither the stack nor the tools to do so.",
      from("^local/"),
      { path: "^(infra|test|tools)/" },
    ),
    forbid(
      "commands-begin-at-once",
      "Help, the version and what completes a word come at once: what a command needs is imported when it is known to be the one.",
      from("^local/command-line/(commands|[a-z]+-commands?|completion)[.]ts$"),
      {
        path: "^(functions|local|node_modules|statemachines)/",
        pathNot: [
          "^functions/shared/(errors|settings|text)[.]ts$",
          "^local/command-line/(called-as|command-line-error|completion|document-format|exit|[a-z]+-commands?)[.]ts$",
          "^local/(record/default-file|report/check)[.]ts$",
          "^node_modules/commander/",
        ],
        dynamic: false,
        dependencyTypesNot: ["type-only", "type-import", "pre-compilation-only"],
      },
    ),
    forbid(
      "embedded-stands-alone",
      "The embedded API server is held to a real one. One that borrowed the product's reading of Kubernetes would share its " +
        "mistakes, and no test would see them.",
      from("^local/embedded/"),
      {
        path: "^(functions|infra|local|statemachines|test|tools)/",
        pathNot: "^local/embedded/",
      },
    ),
    forbid("product-needs-no-tests", "What is only there for tests may change with them.", from("^", "^test/"), {
      path: "^test/",
    }),
    forbid(
      "no-circles",
      "Of modules in a circle none can be understood, tested or moved alone. What two of them need goes into a file of its own.",
      from("^"),
      { circular: true },
    ),
    forbid(
      "nothing-dead",
      "What nobody imports, and imports nothing, is left over.",
      // Preloaded into the processes of tests; what the package's bundles begin with, and have in a dependency's place; types of
      // a package that has none.
      {
        orphan: true,
        pathNot: ["^test/later/clock[.]ts$", "^tools/package/(older-node|no-undici)[.]ts$", "[.]d[.]ts$"],
      },
      {},
    ),
    forbid("nothing-missing", "An import that leads nowhere could hide any arrow.", from("^"), {
      couldNotResolve: true,
    }),
  ],
  options: {
    // What only types need, and is gone at run time, counts as well.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "^node_modules/" },
    // What test/extension adds to a copy of the tree stands there, not here.
    exclude: { path: "^test/extension/[^/]+/tree/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
