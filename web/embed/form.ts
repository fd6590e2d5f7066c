// Served as /embed/form.js to pages of other people: makes every <form data-tributary> send itself without leaving the page.
// No cookies, no storage, no library. Without it, or when it fails, the form is an ordinary one and posts by itself.
(() => {
  const UTM = /^(utm_\w+|gclid|gbraid|wbraid|fbclid|msclkid|li_fat_id|ttclid|dclid|twclid)$/;
  const TIMEOUT_MS = 15000;
  interface Problem {
    field?: string;
    message?: string;
  }
  let count = 0;

  const control = (form: HTMLFormElement, name: string) => form.elements.namedItem(name) as HTMLInputElement | null;

  // One line for what concerns the whole form; read aloud by screen readers.
  function say(form: HTMLFormElement, text: string): void {
    let line = form.querySelector<HTMLElement>('[data-tributary-status]');
    if (!line) {
      line = document.createElement('p');
      line.setAttribute('data-tributary-status', '');
      line.setAttribute('role', 'alert');
      form.append(line);
    }
    line.textContent = text;
  }

  function clear(form: HTMLFormElement): void {
    say(form, '');
    for (const note of form.querySelectorAll('[data-tributary-error]')) note.remove();
    for (const input of form.querySelectorAll('[aria-invalid]')) {
      input.removeAttribute('aria-invalid');
      input.removeAttribute('aria-describedby');
    }
  }

  function mark(form: HTMLFormElement, problems: Problem[]): boolean {
    let first: HTMLElement | null = null;
    for (const problem of problems) {
      const names: Record<string, string> = { contact_email: 'email', value: 'budget', contact_phone: 'phone', description: 'message' };
      const input = problem.field ? control(form, problem.field) ?? control(form, names[problem.field] ?? '') : null;
      if (!input || !input.setAttribute) continue;
      const note = document.createElement('small');
      note.id = `tributary-error-${++count}`;
      note.setAttribute('data-tributary-error', '');
      note.textContent = problem.message ?? '';
      input.setAttribute('aria-invalid', 'true');
      input.setAttribute('aria-describedby', note.id);
      input.insertAdjacentElement('afterend', note);
      first ??= input;
    }
    first?.focus();
    return first !== null;
  }

  function thank(form: HTMLFormElement): void {
    const next = form.dataset.redirect;
    form.dispatchEvent(new CustomEvent('tributary:sent', { bubbles: true }));
    if (next) return location.assign(next);
    const thanks = document.createElement('p');
    thanks.setAttribute('data-tributary-thanks', '');
    thanks.setAttribute('role', 'status');
    thanks.tabIndex = -1;
    form.replaceWith(thanks);
    thanks.textContent = form.dataset.thanks || 'Thank you. We will be in touch.';
    thanks.focus();
  }

  function gather(form: HTMLFormElement): Record<string, string> {
    const fields: Record<string, string> = {};
    for (const [name, value] of new URLSearchParams(location.search)) if (UTM.test(name)) fields[name] = value;
    fields.page_url = location.href.split('#')[0] ?? '';
    if (document.referrer) fields.referrer = document.referrer;
    for (const [name, value] of new FormData(form)) if (typeof value === 'string' && value !== '') fields[name] = value;
    return fields;
  }

  async function send(form: HTMLFormElement, once: string): Promise<void> {
    const answer = await fetch(form.action, {
      method: 'POST',
      credentials: 'omit',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': once },
      body: JSON.stringify(gather(form)),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.ok) return thank(form);
    const said = (await answer.json().catch(() => ({}))) as { error?: string; details?: Problem[] };
    const soon = answer.status === 429 || answer.status >= 500;
    if (!mark(form, said.details ?? [])) say(form, soon ? 'Please try again in a moment.' : (said.error ?? 'This could not be sent.'));
  }

  function attach(form: HTMLFormElement): void {
    if (form.dataset.tributary === 'on') return;
    form.dataset.tributary = 'on';
    const started = control(form, '_started_at');
    if (started) started.value = String(Date.now());
    let busy = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      clear(form);
      form.setAttribute('aria-busy', 'true');
      send(form, `${Date.now()}-${Math.random().toString(36).slice(2)}`)
        // Blocked or offline: the browser's own way is tried, and shows what it gets.
        .catch(() => HTMLFormElement.prototype.submit.call(form))
        .finally(() => {
          busy = false;
          form.removeAttribute('aria-busy');
        });
    });
  }

  function all(): void {
    for (const form of document.querySelectorAll<HTMLFormElement>('form[data-tributary]')) attach(form);
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', all);
  else all();
})();
