// The same request in three languages, ready to paste. Whatever is in the key or the deal is quoted for the language. Pure.
export interface ApiCall {
  url: string; // origin
  key: string;
  deal: unknown;
}
export type Language = 'curl' | 'javascript' | 'python';

const DOOR = '/api/sales/deals/api';
const shell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const text = (value: string) => JSON.stringify(value);

function python(value: unknown, indent: string): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value)) return `[${value.map((item) => python(item, indent)).join(', ')}]`;
  if (typeof value === 'object') {
    const inner = `${indent}    `;
    const members = Object.entries(value).map(([name, member]) => `${inner}${text(name)}: ${python(member, inner)},`);
    return members.length === 0 ? '{}' : `{\n${members.join('\n')}\n${indent}}`;
  }
  return JSON.stringify(value);
}

const MAKERS: Record<Language, (call: ApiCall) => string> = {
  curl: ({ url, key, deal }) =>
    [`curl ${shell(url + DOOR)} \\`, `  -H ${shell(`Authorization: Bearer ${key}`)} \\`, `  -H 'Content-Type: application/json' \\`, `  -d ${shell(JSON.stringify(deal, null, 2))}`].join('\n'),
  javascript: ({ url, key, deal }) =>
    [
      `const answer = await fetch(${text(url + DOOR)}, {`,
      `  method: 'POST',`,
      `  headers: { Authorization: ${text(`Bearer ${key}`)}, 'Content-Type': 'application/json' },`,
      `  body: JSON.stringify(${JSON.stringify(deal, null, 2).replaceAll('\n', '\n  ')}),`,
      `});`,
      `const { status, action, deal } = await answer.json();`,
    ].join('\n'),
  python: ({ url, key, deal }) =>
    [
      `import requests`,
      ``,
      `answer = requests.post(`,
      `    ${text(url + DOOR)},`,
      `    headers={"Authorization": ${text(`Bearer ${key}`)}},`,
      `    json=${python(deal, '    ')},`,
      `)`,
      `print(answer.json())`,
    ].join('\n'),
};

export function apiSnippet(language: Language, call: ApiCall): string {
  return MAKERS[language](call);
}
