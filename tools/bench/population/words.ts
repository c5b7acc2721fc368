import type { Random } from "./random.ts";

const TEAMS = [
  ...["accounts", "ads", "analytics", "auth", "billing", "booking", "cart", "catalog", "chat", "checkout", "claims"],
  ...["compliance", "content", "crm", "customer", "data", "delivery", "devices", "documents", "email", "events"],
  ...["finance", "fleet", "forecast", "fraud", "geo", "growth", "identity", "insights", "inventory", "invoices"],
  ...["ledger", "loans", "logistics", "loyalty", "mailing", "maps", "marketing", "media", "messaging", "metering"],
  ...["mobile", "notifications", "offers", "onboarding", "orders", "partners", "payments", "payouts", "platform"],
  ...["pricing", "products", "profile", "promotions", "quotes", "ratings", "recommendations", "refunds", "reporting"],
  ...["returns", "reviews", "risk", "routing", "sales", "search", "sessions", "shipping", "shop", "stock", "streaming"],
  ...[
    "subscriptions",
    "support",
    "surveys",
    "tax",
    "telemetry",
    "tickets",
    "tracking",
    "training",
    "users",
    "vouchers",
  ],
] as const;
const STAGES = ["prod", "production", "live", "staging", "preview", "eu", "us", "apac", "core", "edge"] as const;
const THINGS = [
  ...["account", "address", "alert", "asset", "audit", "balance", "basket", "batch", "branch", "campaign", "card"],
  ...[
    "category",
    "channel",
    "contract",
    "coupon",
    "currency",
    "customer",
    "dashboard",
    "device",
    "dispatch",
    "document",
  ],
  ...["event", "export", "feature", "feed", "file", "filter", "gift", "graph", "history", "image", "import", "index"],
  ...[
    "invoice",
    "item",
    "label",
    "lead",
    "limit",
    "link",
    "location",
    "log",
    "mail",
    "match",
    "media",
    "member",
    "menu",
  ],
  ...["message", "metric", "note", "offer", "order", "parcel", "payment", "permission", "pixel", "policy", "price"],
  ...["product", "profile", "queue", "quote", "rate", "receipt", "refund", "region", "rule", "schedule", "score"],
  ...["segment", "session", "signal", "slot", "stock", "store", "survey", "tag", "task", "template", "tenant", "theme"],
  ...["ticket", "token", "tour", "transfer", "usage", "video", "voucher", "wallet", "webhook", "widget", "zone"],
] as const;
const ROLES = [
  ...["adapter", "aggregator", "api", "backend", "bff", "bridge", "cache", "collector", "consumer", "controller"],
  ...[
    "dispatcher",
    "engine",
    "enricher",
    "exporter",
    "frontend",
    "gateway",
    "handler",
    "indexer",
    "ingest",
    "listener",
  ],
  ...["loader", "manager", "mapper", "notifier", "operator", "poller", "processor", "producer", "projector", "proxy"],
  ...["publisher", "reader", "relay", "renderer", "resolver", "router", "scheduler", "sender", "server", "service"],
  ...[
    "store",
    "streamer",
    "subscriber",
    "sync",
    "transformer",
    "ui",
    "validator",
    "watcher",
    "web",
    "worker",
    "writer",
  ],
] as const;

/** A namespace as people name it: by a team, and a stage where the name is not alone. */
export function namespaceName(random: Random, index: number): string {
  const team = random.pick(TEAMS);
  if (index < TEAMS.length) return TEAMS[index] ?? team;
  return `${team}-${random.pick(STAGES)}-${random.pick(THINGS)}-${index.toString(36)}`;
}

/** A workload as people name it. @param index tells those of a population apart where two would have one name */
export function workloadName(random: Random, index: number): string {
  const thing = random.pick(THINGS);
  const role = random.pick(ROLES);
  const shape = random.below(4);
  if (shape === 0) return `${thing}-${role}-${index.toString(36)}`;
  if (shape === 1) return `${thing}-${random.pick(THINGS)}-${role}-v${index}`;
  if (shape === 2) return `${random.pick(TEAMS)}-${thing}-${role}-${index}`;
  return `${thing}-${role}-${random.pick(STAGES)}-${index.toString(36)}`;
}

export function teamName(random: Random): string {
  return random.pick(TEAMS);
}

/** The version of an image as people number them. */
export function versionOf(random: Random): string {
  if (random.below(2) === 0) return `${random.below(9)}.${random.below(40)}.${random.below(30)}`;
  return `2026.${random.below(12) + 1}.${random.below(28) + 1}-${random.hex(7)}`;
}
