import { describe, expect, it } from 'vitest';
import { apiSnippet } from './api/snippets';
import { decodeWords, splitAddress, splitMail } from './email/split_head';
import { formSnippet } from './web_form/snippet';

describe('a pasted mail', () => {
  it('gives its head as fields and the rest as text', () => {
    const mail = splitMail('From: "Smith, John" <john@acme.com>\nSent: Tue, 3 Nov 2026 10:00:00 +0100\nTo: sales@us.example\nSubject: Re: Enterprise\n plan\n\nHello,\n\nhow much?');
    expect(mail).toMatchObject({ sender: 'john@acme.com', sender_name: 'Smith, John', subject: 'Re: Enterprise plan', content: 'Hello,\n\nhow much?', received_at: '2026-11-03T09:00:00.000Z', has_head: true });
    expect(mail.headers.map((header) => header.name)).toEqual(['From', 'Sent', 'To', 'Subject']);
  });
  it('may have its head in another language, and CRLF', () => {
    expect(splitMail('Von: Kim Lee <kim@firma.de>\r\nBetreff: Angebot\r\n\r\nGuten Tag')).toMatchObject({ sender: 'kim@firma.de', subject: 'Angebot', content: 'Guten Tag' });
  });
  it('without a head is all text, also when it begins like one', () => {
    expect(splitMail('Note: call them\n\nFrom: tomorrow')).toMatchObject({ has_head: false, sender: '', content: 'Note: call them\n\nFrom: tomorrow' });
    expect(splitMail('')).toMatchObject({ has_head: false, content: '' });
  });
  it('has encoded words decoded, and broken ones left', () => {
    expect(decodeWords('=?utf-8?B?R3LDvMOfZQ==?= =?utf-8?Q?_an_alle?=')).toBe('Grüße an alle');
    expect(decodeWords('=?nonsense?B?R3I=?=')).toBe('=?nonsense?B?R3I=?=');
  });
  it('has addresses in many dresses', () => {
    expect(splitAddress('kim@a.example')).toEqual({ name: '', address: 'kim@a.example' });
    expect(splitAddress('Kim Lee [mailto:kim@a.example]')).toEqual({ name: 'Kim Lee', address: 'kim@a.example' });
  });
});

describe('the form to paste', () => {
  const wish = { server: 'https://deals.example', formKey: 'trf_a_b&"c', fields: ['company', 'company_size'], button: '<Send & go>', thanks: `"Thanks" <img src=x onerror='alert(1)'>` };
  it('lets no text out of its attribute or element', () => {
    const page = new DOMParser().parseFromString(formSnippet(wish), 'text/html');
    expect(page.querySelectorAll('img')).toHaveLength(0);
    expect(page.querySelector('form')?.dataset.thanks).toBe(wish.thanks);
    expect(page.querySelector('button')?.textContent).toBe('<Send & go>');
    expect(new URL(page.querySelector('form')!.action).searchParams.get('form_key')).toBe(wish.formKey);
  });
  it('has the fields wished for, the e-mail in any case, and the trap', () => {
    const names = [...new DOMParser().parseFromString(formSnippet(wish), 'text/html').querySelectorAll('[name]')].map((element) => element.getAttribute('name'));
    expect(names).toEqual(['email', 'company', 'company_size', 'website_url_confirm', '_started_at']);
  });
});

describe('the calls to paste', () => {
  const call = { url: 'https://deals.example', key: `trb_a_b`, deal: { name: `It's "new" \\ $(id)`, won: true, tags: [], note: null } };
  it('quote a single quote for the shell', () => {
    expect(apiSnippet('curl', call)).toContain(`It'\\''s`);
    expect(apiSnippet('curl', call).replaceAll(`'\\''`, '').split("'").length % 2).toBe(1);
  });
  it('are JavaScript that can be read', () => {
    expect(() => new Function(`return async () => { ${apiSnippet('javascript', call)} }`)).not.toThrow();
  });
  it('are Python with its own words', () => {
    const python = apiSnippet('python', call);
    expect(python).toContain('"won": True');
    expect(python).toContain('"note": None');
  });
});
