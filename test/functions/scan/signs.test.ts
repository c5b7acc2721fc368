import { describe, expect, it } from "vitest";
import type { FailingPod } from "../../../functions/scan/incidents.ts";
import { signsOfCluster, withSigns } from "../../../functions/scan/signs.ts";
import { MOST_SIGNS, signWords } from "../../../functions/shared/signs.ts";
import { incident } from "../../support/objects.ts";

/** A workload of a namespace whose pod fails with an image. */
function failing(namespace: string, image: string | undefined, reason = "CrashLoopBackOff") {
  const workload = { kind: "Deployment", namespace, name: image ?? "none" };
  const facts = { leftover: false, ...(image === undefined ? {} : { image }) };
  const pods: FailingPod[] = [{ name: "pod", node: "node", workload, failures: [{ reason }], facts }];
  return { incident: incident({ workload }), pods };
}

describe("the signs of a cluster", () => {
  it("are the images that fail, and whether they cannot be pulled", () => {
    const all = [failing("shop", "shop/web:2"), failing("pay", "pay/api:1", "ErrImagePull"), failing("lab", undefined)];

    expect(signsOfCluster(all, false).sort()).toEqual(["pull pay/api:1", "run shop/web:2"]);
  });

  it("are the same whether a pull fails or is waited for", () => {
    expect(signsOfCluster([failing("a", "x/y:1", "ErrImagePull")], false)).toEqual(
      signsOfCluster([failing("a", "x/y:1", "ImagePullBackOff")], false),
    );
  });

  it("name a registry where images of several namespaces cannot be pulled from it, and not one of a single tenant", () => {
    const of = (...namespaces: string[]) =>
      signsOfCluster(
        namespaces.map((namespace, index) => failing(namespace, `reg.example.com/x:${index}`, "ErrImagePull")),
        false,
      ).filter((sign) => sign.startsWith("registry"));

    expect(of("shop", "pay")).toEqual(["registry reg.example.com"]);
    expect(of("shop", "shop", "shop")).toEqual([]);
    expect(
      signsOfCluster([failing("a", "x/y:1", "ErrImagePull"), failing("b", "x/y:1", "ErrImagePull")], false),
    ).toEqual(["pull x/y:1"]);
  });

  it.each([
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:2",
    "444455556666.dkr.ecr.us-east-1.amazonaws.com/shop/web:2",
    "444455556666.dkr.ecr-fips.us-east-1.amazonaws.com/shop/web:2",
    "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/shop/web:2",
    "111122223333.dkr-ecr.eu-west-1.on.aws/shop/web:2",
  ])("are the same in whatever account and region Amazon ECR keeps an image: %s", (image) => {
    expect(signsOfCluster([failing("shop", image)], false)).toEqual(["run *.dkr.ecr.*/shop/web:2"]);
  });

  it("tell registries of other hosts apart", () => {
    const image = "reg.example.com/111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:2";

    expect(signsOfCluster([failing("shop", image)], false)).toEqual([`run ${image}`]);
  });

  it("say that many workloads fail at once", () => {
    expect(signsOfCluster([], true)).toEqual(["storm"]);
  });

  it("are few, and of each namespace in turn, whatever one of them has", () => {
    const crowd = Array.from({ length: 50 }, (_, index) => failing("crowd", `crowd/x:${index}`));
    const signs = signsOfCluster([...crowd, failing("shop", "shop/web:2")], false);

    expect(signs).toHaveLength(MOST_SIGNS);
    expect(signs).toContain("run shop/web:2");
    expect(signsOfCluster([failing("shop", "shop/web:2"), ...crowd.toReversed()], false)).toEqual(signs);
  });

  it("are of one line and bounded, whatever an image is called", () => {
    const [sign = ""] = signsOfCluster([failing("shop", `a\nb${"x".repeat(500)}`)], false);

    expect(sign).not.toContain("\n");
    expect(sign.length).toBeLessThanOrEqual(170);
  });
});

describe("the signs of a workload", () => {
  it("stand in its incident, the registry of what cannot be pulled among them", () => {
    const pulled = failing("shop", "reg.example.com/web:2", "ImagePullBackOff");
    const plain = failing("pay", undefined);

    const [first, second] = withSigns([pulled.incident, plain.incident], [pulled, plain]);
    expect(first?.signs).toEqual(["registry reg.example.com", "pull reg.example.com/web:2"]);
    expect(second).toBe(plain.incident);
  });
});

describe("a sign in words", () => {
  it.each([
    ["run shop/web:2", "containers of image shop/web:2 fail"],
    ["registry reg.example.com", "several images of registry reg.example.com cannot be pulled"],
    ["storm", "many workloads fail at once"],
    ["error ClusterUnreachable", "looks end with ClusterUnreachable"],
    ["constructor x", "they show constructor x"],
  ])("of %s is %s", (sign, words) => {
    expect(signWords(sign)).toBe(words);
  });
});
