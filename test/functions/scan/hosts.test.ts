import { describe, expect, it } from "vitest";
import { hostsIn, hostsOfVariable, servicesOf } from "../../../functions/scan/hosts.ts";

describe("the hosts that a text names", () => {
  it.each([
    ["dial tcp: lookup ledger-db on 10.96.0.10:53: no such host", "ledger-db"],
    ["dial tcp ledger-db:5432: connect: connection refused", "ledger-db"],
    ['could not translate host name "ledger-db" to address', "ledger-db"],
    ['connection to server at "ledger-db" (10.0.0.7), port 5432 failed', "ledger-db"],
    ["Error: getaddrinfo ENOTFOUND ledger-db", "ledger-db"],
    ["Error: getaddrinfo EAI_AGAIN ledger-db", "ledger-db"],
    ["java.net.UnknownHostException: ledger-db", "ledger-db"],
    ["Unknown MySQL server host 'ledger-db' (-2)", "ledger-db"],
    ["sh -c until nc -z ledger-db 5432; do sleep 2; done", "ledger-db"],
    ["sh -c until nslookup ledger-db; do sleep 2; done", "ledger-db"],
    ["until pg_isready -h ledger-db -p 5432", "ledger-db"],
    ["serve --db-host=ledger-db", "ledger-db"],
    ["serve --host ledger-db", "ledger-db"],
    ["postgres://api:p%40ss@ledger-db/ledger?sslmode=disable", "ledger-db"],
    ["jdbc:postgresql://ledger-db:5432/ledger", "ledger-db"],
    ["api:secret@tcp(ledger-db:3306)/ledger", "ledger-db"],
    ["GET http://ledger-db.data.svc.cluster.local/health", "ledger-db.data.svc.cluster.local"],
    ["kafka-0.kafka.data.svc is not there", "kafka-0.kafka.data.svc"],
  ])("%s", (text, host) => {
    expect(hostsIn(text)).toContain(host);
  });

  it.each([
    "celery worker",
    "server started",
    "listening on 0.0.0.0:8080",
    "http://localhost:9000",
    "exit code 137",
    "",
  ])("are none that a workload of that name would be taken for: %s", (text) => {
    expect(hostsIn(text).filter((host) => ["worker", "celery", "localhost", "0.0.0.0", "code"].includes(host))).toEqual(
      [],
    );
  });

  it("are found in a long text without delay, and bounded in number", () => {
    const began = performance.now();

    for (const part of ["a-", "a.", "host ", "://", "x:1", "-h"]) hostsIn(part.repeat(20_000));
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(hostsIn(Array.from({ length: 200 }, (_, index) => `db-${index}:5432`).join(" ")).length).toBeLessThan(50);
  });
});

describe("the hosts that a variable names", () => {
  it("are its whole value where its name says that it holds hosts", () => {
    expect(hostsOfVariable("DB_HOST", "ledger-db")).toEqual(["ledger-db"]);
    expect(hostsOfVariable("KAFKA_BROKERS", "kafka-0.kafka,kafka-1.kafka")).toEqual(["kafka-0.kafka", "kafka-1.kafka"]);
    expect(hostsOfVariable("ROLE", "web")).toEqual([]);
    expect(hostsOfVariable("DATABASE_URL", "postgres://u:p@ledger-db/x")).toEqual(["ledger-db"]);
  });
});

describe("the Services that a host may stand for", () => {
  it.each([
    ["db", [{ name: "db", namespace: "shop" }]],
    [
      "db.data",
      [
        { name: "db", namespace: "data" },
        { name: "data", namespace: "shop" },
      ],
    ],
    ["db.data.svc", [{ name: "db", namespace: "data" }]],
    ["db.data.svc.cluster.local", [{ name: "db", namespace: "data" }]],
    ["db-0.db.data.svc.cluster.local", [{ name: "db", namespace: "data" }]],
    ["db-0.db.data", [{ name: "db", namespace: "data" }]],
    ["ledger.abc123.eu-west-1.rds.amazonaws.com", []],
  ])("%s, seen from namespace shop", (host, services) => {
    expect(servicesOf(host, "shop")).toEqual(services);
  });
});
