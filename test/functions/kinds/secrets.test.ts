import { describe, expect, it } from "vitest";
import { withoutSecrets } from "../../../functions/kinds/failing/secrets.ts";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

describe("withoutSecrets", () => {
  it.each([
    ["a password in a URL", "open postgres://shop:hunter2@db:5432/shop", "open postgres://[hidden]@db:5432/shop"],
    ["a setting", "DB_PASSWORD=hunter2 LOG_LEVEL=debug", "DB_PASSWORD=[hidden] LOG_LEVEL=debug"],
    ["a field of JSON", '{"apiKey": "abc def", "user": "me"}', '{"apiKey": [hidden], "user": "me"}'],
    [
      "an option",
      "running client --client-secret s3cr3t --verbose",
      "running client --client-secret [hidden] --verbose",
    ],
    ["a bearer token", "401 for Authorization: Bearer abc.def", "401 for Authorization: [hidden] [hidden]"],
    ["a JSON web token", `token ${JWT} has expired`, "token [hidden] has expired"],
    ["an access key of AWS", "The key AKIAIOSFODNN7EXAMPLE is not known", "The key [hidden] is not known"],
    ["a token of GitHub", "clone with ghp_0123456789abcdefghij failed", "clone with [hidden] failed"],
    ["a long key", "key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY used", "key [hidden] used"],
    ["the user of curl", "curl -u shop:hunter2 https://api", "curl -u shop:[hidden] https://api"],
    ["a proxy's user", "curl --proxy-user=shop:hunter2 -v x", "curl --proxy-user=shop:[hidden] -v x"],
    [
      "the password of mysql",
      "exec mysqldump -h db -uroot -phunter2 shop",
      "exec mysqldump -h db -uroot -p[hidden] shop",
    ],
    ["a connection string", "Server=db;AccountKey=abc123==;Timeout=3", "Server=db;AccountKey=[hidden];Timeout=3"],
  ])("hides %s", (_what, text, expected) => {
    expect(withoutSecrets(text)).toBe(expected);
  });

  it("hides a private key over its lines, also where its beginning or its end is cut off", () => {
    const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----";
    expect(withoutSecrets(`loading ${key} done`)).toBe("loading [hidden] done");
    expect(withoutSecrets(key.slice(0, 50))).toBe("[hidden]");
    expect(withoutSecrets(`${key.slice(35)}\ndone`)).toBe("[hidden]\ndone");
  });

  it.each([
    'panic: relation "orders" does not exist',
    "FATAL: cannot parse /etc/web/config.yaml: line 3, unknown directive invalid_directive",
    "dial tcp: lookup ledger-db on 10.96.0.10:53: no such host",
    "java.lang.OutOfMemoryError: Java heap space at com.example.shop.orders.internal.OrderRepositoryImplementation",
    "author: somebody, design: blue",
    "docker run -u 1000:1000 -p 8080:80 web",
    "mysqld: ready for connections, port: 3306 -port",
    "usage: tool -u: the user, -p: the port",
  ])("leaves alone what explains a crash: %s", (line) => {
    expect(withoutSecrets(line)).toBe(line);
  });

  it("is done with a hostile log as soon as with any other", () => {
    const hostile = ["a", "_", "-", "=", "eyJ", "password", ":", "/", "A1b"].map((part) =>
      part.repeat(8_192 / part.length),
    );
    for (const text of hostile) {
      const began = process.cpuUsage().user;
      withoutSecrets(text);
      // Seconds of the processor, not of the clock: a busy machine does not matter.
      expect(process.cpuUsage(undefined).user - began).toBeLessThan(2_000_000);
    }
  });
});
