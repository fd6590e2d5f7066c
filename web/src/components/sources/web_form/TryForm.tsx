// The web form's door, tried from here: what an answer on the site becomes.
import { ApiError } from '@/api/client';
import { useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Button, Grid, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { look, send } from '../ingest';
import { ResultCard } from '../ResultCard';
import { COMPANY_SIZES, SNIPPET_FIELDS, type SnippetField } from './snippet';

type Answers = Record<string, string>;
const nothing: Answers = Object.fromEntries(SNIPPET_FIELDS.map((field) => [field.key, '']));
// The server names the deal's fields; the form has its own names for some of them.
const FORM_NAMES: Record<string, string> = { contact_email: 'email', contact_phone: 'phone', value: 'budget', description: 'message', name: 'product_interest' };
const said = (answers: Answers) => Object.fromEntries(Object.entries(answers).filter(([, value]) => value.trim() !== ''));

function errorsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(error.details.map((detail) => [FORM_NAMES[detail.field] ?? detail.field, detail.message]));
}

export function TryForm({ openDeal }: { openDeal: (id: string) => void }) {
  const session = useSession();
  const [answers, setAnswers] = useState(nothing);
  const sending = useMutation({ mutationFn: (only_look: boolean) => (only_look ? look : send)('web-form', said(answers)) });
  const errors = errorsOf(sending.error);
  const placed = Object.keys(errors).some((name) => name in nothing);
  return (
    <Stack gap="md">
      <form
        aria-label="Web form"
        onSubmit={(event) => {
          event.preventDefault();
          sending.mutate(false);
        }}
      >
        <Stack gap="md">
          <Grid gap="md">
            {SNIPPET_FIELDS.map((field) => (
              <Grid.Col key={field.key} span={{ base: 12, sm: field.kind === 'textarea' ? 12 : 6 }}>
                <Field field={field} value={answers[field.key] ?? ''} error={errors[field.key]} onChange={(value) => setAnswers((before) => ({ ...before, [field.key]: value }))} />
              </Grid.Col>
            ))}
          </Grid>
          {sending.isError && !placed && <ErrorAlert error={sending.error} />}
          <Group justify="flex-end">
            <Button variant="default" loading={sending.isPending && sending.variables} onClick={() => sending.mutate(true)}>Look first, save nothing</Button>
            {session.can('write') && <Button type="submit" loading={sending.isPending && !sending.variables}>Send</Button>}
          </Group>
        </Stack>
      </form>
      {sending.data && <ResultCard answer={sending.data} openDeal={openDeal} again={{ label: 'Send another', run: () => { setAnswers(nothing); sending.reset(); } }} />}
    </Stack>
  );
}

function Field({ field, value, error, onChange }: { field: SnippetField; value: string; error: string | undefined; onChange: (value: string) => void }) {
  if (field.kind === 'textarea') return <Textarea label={field.label} value={value} error={error} autosize minRows={2} onChange={(event) => onChange(event.currentTarget.value)} />;
  if (field.kind === 'size') return <Select label={field.label} value={value || null} error={error} data={COMPANY_SIZES} clearable onChange={(size) => onChange(size ?? '')} />;
  return <TextInput label={field.label} type={field.kind} required={field.required === true} withAsterisk={field.required === true} value={value} error={error} onChange={(event) => onChange(event.currentTarget.value)} autoComplete="off" />;
}
