/** Source: the ZIP file format specification (APPNOTE.TXT), 4.3.7, 4.3.12 and 4.3.16 */
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const DEFLATED = 8;
const END_LENGTH = 22;
const CENTRAL_LENGTH = 46;
const LOCAL_LENGTH = 30;

/**
 * A file in a ZIP archive of less than 4 GB, as it is packed.
 * @throws Error where there is none of that name, packed with deflate
 */
export function entryOf(zip: Buffer, name: string): { packed: Buffer; mode: number } {
  let at = zip.length - END_LENGTH;
  while (at >= 0 && zip.readUInt32LE(at) !== END) at--;
  if (at < 0) throw new Error("it is no ZIP archive");
  let entry = zip.readUInt32LE(at + 16);
  for (let left = zip.readUInt16LE(at + 10); left > 0; left--) {
    if (zip.readUInt32LE(entry) !== CENTRAL) break;
    const lengths = [28, 30, 32].map((field) => zip.readUInt16LE(entry + field));
    const [nameLength = 0] = lengths;
    const called = zip.subarray(entry + CENTRAL_LENGTH, entry + CENTRAL_LENGTH + nameLength).toString("utf8");
    if (called === name && zip.readUInt16LE(entry + 10) === DEFLATED) {
      const local = zip.readUInt32LE(entry + 42);
      const begin = local + LOCAL_LENGTH + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      // In the upper half are the rights that Unix knows.
      const mode = (zip.readUInt32LE(entry + 38) >>> 16) & 0o777;
      return { packed: zip.subarray(begin, begin + zip.readUInt32LE(entry + 20)), mode };
    }
    entry += CENTRAL_LENGTH + lengths.reduce((sum, length) => sum + length, 0);
  }
  throw new Error(`it holds no ${name}`);
}
