import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** A request that the API server answered, from its audit log. */
export interface AuditedRequest {
  verb: string;
  uri: string;
  resource: string;
  status: number;
}

interface AuditEvent {
  userAgent?: string;
  verb: string;
  requestURI: string;
  objectRef?: { resource?: string; subresource?: string };
  responseStatus?: { code?: number };
}

/** What the functions' own user agents begin with; the controllers and kubectl have others. */
const OWN_AGENT = '"userAgent":"eks-remediation';
const ANSWERED = '"stage":"ResponseComplete"';
/** How much is read at once: a whole suite writes a hundred megabytes. */
const BLOCK_BYTES = 1 << 20;

/** An audit log that grows, of which each part is read once. */
export class AuditLog {
  readonly #path: string;
  readonly #answered = new Map<string, AuditedRequest[]>();
  #read = 0;
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /** The answered requests of one user agent, as far as they have been written by now. */
  of(userAgent: string): AuditedRequest[] {
    this.#readOn();
    return [...(this.#answered.get(userAgent) ?? [])];
  }

  #readOn(): void {
    const file = openSync(this.#path, "r");
    try {
      const { size } = fstatSync(file);
      while (this.#read < size) {
        const block = Buffer.alloc(Math.min(BLOCK_BYTES, size - this.#read));
        const bytes = readSync(file, block, 0, block.length, this.#read);
        this.#read += bytes;
        this.#take(block.subarray(0, bytes));
      }
    } finally {
      closeSync(file);
    }
  }

  /** Notes the lines that are complete, and keeps the start of the next one. */
  #take(block: Buffer): void {
    const text = Buffer.concat([this.#rest, block]);
    const end = text.lastIndexOf("\n") + 1;
    this.#rest = text.subarray(end);
    for (const line of text.toString("utf8", 0, end).split("\n")) {
      if (line.includes(OWN_AGENT) && line.includes(ANSWERED)) this.#note(JSON.parse(line) as AuditEvent);
    }
  }

  #note({ userAgent = "", verb, requestURI, objectRef, responseStatus }: AuditEvent): void {
    const request = {
      verb,
      uri: requestURI,
      resource: [objectRef?.resource, objectRef?.subresource].filter(Boolean).join("/"),
      status: responseStatus?.code ?? 0,
    };
    const before = this.#answered.get(userAgent);
    if (before === undefined) this.#answered.set(userAgent, [request]);
    else before.push(request);
  }
}
