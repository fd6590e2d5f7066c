// The form to paste into a page of one's own. It works without JavaScript; /embed/form.js makes it better. Pure.
export interface SnippetField {
  key: string;
  label: string;
  kind: 'text' | 'email' | 'tel' | 'textarea' | 'size';
  autocomplete?: string;
  required?: boolean;
}

// The names the server's web-form door knows.
export const SNIPPET_FIELDS: SnippetField[] = [
  { key: 'first_name', label: 'First name', kind: 'text', autocomplete: 'given-name' },
  { key: 'last_name', label: 'Last name', kind: 'text', autocomplete: 'family-name' },
  { key: 'email', label: 'E-mail', kind: 'email', autocomplete: 'email', required: true },
  { key: 'company', label: 'Company', kind: 'text', autocomplete: 'organization' },
  { key: 'company_size', label: 'Company size', kind: 'size' },
  { key: 'phone', label: 'Phone', kind: 'tel', autocomplete: 'tel' },
  { key: 'product_interest', label: 'What are you interested in?', kind: 'text' },
  { key: 'budget', label: 'Budget', kind: 'text' },
  { key: 'message', label: 'Message', kind: 'textarea' },
];
export const COMPANY_SIZES = ['1-10', '11-50', '51-200', '201-500', '501-1000', '1001-5000', '5001+'];

export interface SnippetWish {
  server: string; // origin, without a slash at the end
  formKey: string;
  fields: string[]; // keys of SNIPPET_FIELDS; e-mail is always there
  button: string;
  thanks: string;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

function control(field: SnippetField): string {
  const attributes = [`name="${field.key}"`, field.autocomplete ? `autocomplete="${field.autocomplete}"` : '', field.required ? 'required' : ''].filter(Boolean).join(' ');
  if (field.kind === 'textarea') return `<textarea ${attributes} rows="4"></textarea>`;
  if (field.kind === 'size') return `<select ${attributes}><option value=""></option>${COMPANY_SIZES.map((size) => `<option>${escapeHtml(size)}</option>`).join('')}</select>`;
  return `<input type="${field.kind}" ${attributes}>`;
}

export function formSnippet(wish: SnippetWish): string {
  const server = escapeHtml(wish.server);
  const chosen = SNIPPET_FIELDS.filter((field) => field.required === true || wish.fields.includes(field.key));
  const rows = chosen.map((field) => `  <p><label>${escapeHtml(field.label)}${field.required ? ' *' : ''}<br>${control(field)}</label></p>`);
  return [
    `<form data-tributary data-thanks="${escapeHtml(wish.thanks)}" method="post"`,
    `      action="${server}/api/sales/deals/web-form?form_key=${escapeHtml(encodeURIComponent(wish.formKey))}">`,
    ...rows,
    '  <p hidden><label>Leave this empty <input name="website_url_confirm" tabindex="-1" autocomplete="off"></label></p>',
    '  <input type="hidden" name="_started_at">',
    `  <p><button>${escapeHtml(wish.button)}</button></p>`,
    '</form>',
    `<script src="${server}/embed/form.js" async></script>`,
  ].join('\n');
}
