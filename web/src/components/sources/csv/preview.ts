// The first rows of a file, from its first bytes only; the server reads the file, this is for the eye.
import Papa from 'papaparse';

const BYTES = 64 * 1024;
export const ROWS = 5;

export interface Preview {
  header: string[];
  rows: string[][];
}

// null for what is no text (workbooks, packed files): those are shown once the server has read them.
export async function previewOf(file: Blob): Promise<Preview | null> {
  const bytes = new Uint8Array(await file.slice(0, BYTES).arrayBuffer());
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return null;
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return null;
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  if (utf16 === null && bytes.includes(0)) return null;
  return parse(decode(bytes, utf16), file.size > BYTES);
}

function decode(bytes: Uint8Array, utf16: string | null): string {
  if (utf16 !== null) return new TextDecoder(utf16).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function parse(text: string, cut: boolean): Preview | null {
  const read = Papa.parse<string[]>(text, { preview: ROWS + 1, skipEmptyLines: 'greedy' });
  const [header, ...rows] = read.data;
  if (header === undefined) return null;
  // The last row of what was cut off may be half a row.
  const whole = cut && rows.length < ROWS ? rows.slice(0, -1) : rows;
  return { header, rows: whole };
}
