// A pasted mail: its "From: … Subject: …" head as fields, the rest as the text. Pure.
export interface SplitMail {
  sender: string;
  sender_name: string;
  subject: string;
  content: string;
  received_at: string | null;
  message_id: string | null;
  headers: { name: string; value: string }[];
  has_head: boolean;
}

// Names of the head in the languages mail programs paste it in.
const KNOWN: Record<string, 'from' | 'subject' | 'date' | 'other'> = {
  from: 'from', von: 'from', de: 'from', da: 'from', van: 'from',
  subject: 'subject', betreff: 'subject', objet: 'subject', asunto: 'subject', oggetto: 'subject', onderwerp: 'subject',
  date: 'date', sent: 'date', gesendet: 'date', datum: 'date', 'envoyé': 'date', fecha: 'date', data: 'date',
  to: 'other', an: 'other', 'à': 'other', para: 'other', cc: 'other', kopie: 'other', bcc: 'other', 'reply-to': 'other',
};
const HEAD_LINES_MAX = 200;
const HEADERS_MAX = 100;
const HEAD_LINE = /^([A-Za-zÀ-ÿ][A-Za-zÀ-ÿ0-9-]*)\s?:\s?(.*)$/;

function headOf(lines: string[]): { headers: { name: string; value: string }[]; end: number } {
  const headers: { name: string; value: string }[] = [];
  let at = 0;
  for (; at < lines.length && at < HEAD_LINES_MAX; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '') break;
    const last = headers.at(-1);
    if (/^\s/.test(line) && last !== undefined) {
      last.value = `${last.value} ${line.trim()}`;
      continue;
    }
    const match = HEAD_LINE.exec(line.replace(/^\*([^*]+):\*\s*/, '$1: '));
    if (match === null) break;
    headers.push({ name: match[1]!, value: match[2]!.trim() });
  }
  return { headers, end: at };
}

// RFC 2047: =?utf-8?B?…?= and =?utf-8?Q?…?=. What cannot be read stays as it is.
export function decodeWords(text: string): string {
  return text.replace(/(=\?[^?]+\?[bq]\?[^?]*\?=)\s+(?==\?)/gi, '$1').replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (whole, charset: string, kind: string, data: string) => {
    try {
      const raw = kind.toLowerCase() === 'b' ? atob(data) : data.replaceAll('_', ' ').replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      return new TextDecoder(charset).decode(Uint8Array.from(raw, (c) => c.charCodeAt(0)));
    } catch {
      return whole;
    }
  });
}

// `John Smith <john@acme.com>`, `"Smith, John" <john@acme.com>`, `john@acme.com`, Outlook's `John Smith [mailto:john@acme.com]`.
export function splitAddress(text: string): { name: string; address: string } {
  const match = /^(.*?)[<[(](?:mailto:)?([^\s<>[\]()]+@[^\s<>[\]()]+)[>\])]/.exec(text);
  if (match !== null) return { name: match[1]!.trim().replace(/^["']|["']$/g, '').trim(), address: match[2]! };
  const bare = /[^\s<>"]+@[^\s<>"]+/.exec(text);
  return { name: '', address: bare?.[0] ?? text.trim() };
}

function isoOrNull(text: string | undefined): string | null {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

export function splitMail(pasted: string): SplitMail {
  const lines = pasted.replace(/\r\n?/g, '\n').replace(/^\s*\n/, '').split('\n');
  const { headers, end } = headOf(lines);
  const first = (kind: string) => headers.find((header) => KNOWN[header.name.toLowerCase()] === kind)?.value;
  const from = first('from');
  // A text that merely begins with "Note: …" is no mail head.
  if (from === undefined || !from.includes('@')) {
    return { sender: '', sender_name: '', subject: '', content: pasted, received_at: null, message_id: null, headers: [], has_head: false };
  }
  const { name, address } = splitAddress(decodeWords(from));
  const message_id = headers.find((header) => header.name.toLowerCase() === 'message-id')?.value ?? null;
  return {
    sender: address,
    sender_name: name,
    subject: decodeWords(first('subject') ?? ''),
    content: lines.slice(end).join('\n').trim(),
    received_at: isoOrNull(first('date')),
    message_id,
    headers: headers.slice(0, HEADERS_MAX),
    has_head: true,
  };
}
