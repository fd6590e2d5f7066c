// A mail pasted in: its head becomes fields, the server says what it found in it and where, then it is saved.
import { ApiError } from '@/api/client';
import { useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Button, Grid, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { look, send } from '../ingest';
import { ResultCard } from '../ResultCard';
import type { TabProps } from '../source';
import { ExtractedList } from './ExtractedList';
import { splitMail } from './split_head';

interface Mail {
  sender: string;
  sender_name: string;
  subject: string;
  company_name: string;
  content: string;
  received_at: string | null;
  message_id: string | null;
  headers: { name: string; value: string }[];
}
const noMail: Mail = { sender: '', sender_name: '', subject: '', company_name: '', content: '', received_at: null, message_id: null, headers: [] };

function body(mail: Mail): Record<string, unknown> {
  return Object.fromEntries(Object.entries(mail).filter(([, value]) => value !== null && value.length > 0));
}

export default function EmailTab({ openDeal }: TabProps) {
  const session = useSession();
  const [mail, setMail] = useState(noMail);
  const looking = useMutation({ mutationFn: () => look('email', body(mail)) });
  const saving = useMutation({ mutationFn: () => send('email', body(mail)) });
  const restart = () => {
    setMail(noMail);
    looking.reset();
    saving.reset();
  };
  const change = (next: Partial<Mail>) => {
    looking.reset();
    saving.reset();
    setMail((before) => ({ ...before, ...next }));
  };
  if (saving.data) return <ResultCard answer={saving.data} openDeal={openDeal} again={{ label: 'Paste another', run: restart }} />;
  const error = saving.error ?? looking.error;
  return (
    <Stack gap="md">
      <MailFields mail={mail} change={change} error={error} />
      {error && !(error instanceof ApiError && error.details.some((detail) => detail.field === 'sender')) && <ErrorAlert error={error} />}
      {looking.data && <ExtractedList answer={looking.data} />}
      <Group justify="flex-end">
        <Button variant={looking.data ? 'default' : 'filled'} loading={looking.isPending} onClick={() => looking.mutate()}>See what is found</Button>
        {session.can('write') && looking.data && <Button loading={saving.isPending} onClick={() => saving.mutate()}>Save deal</Button>}
      </Group>
    </Stack>
  );
}

function MailFields({ mail, change, error }: { mail: Mail; change: (next: Partial<Mail>) => void; error: unknown }) {
  const senderError = error instanceof ApiError ? error.details.find((detail) => detail.field === 'sender')?.message : undefined;
  // A whole mail pasted into the text is taken apart; what was typed into the fields before gives way to its head.
  const onContent = (content: string) => {
    const split = splitMail(content);
    if (!split.has_head) return change({ content });
    const { has_head: _, ...fields } = split;
    change(fields);
  };
  return (
    <Stack gap="md">
      <Textarea
        label="The mail"
        description="Paste all of it. Lines such as “From:” and “Subject:” fill in the fields below."
        placeholder={'From: John Smith <john@acme.com>\nSubject: Enterprise plan\n\nHello, …'}
        autosize
        minRows={6}
        maxRows={16}
        value={mail.content}
        onChange={(event) => onContent(event.currentTarget.value)}
      />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <TextInput label="From" type="email" withAsterisk required value={mail.sender} error={senderError} onChange={(event) => change({ sender: event.currentTarget.value })} autoComplete="off" />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <TextInput label="Name of the sender" value={mail.sender_name} onChange={(event) => change({ sender_name: event.currentTarget.value })} autoComplete="off" />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <TextInput label="Subject" value={mail.subject} onChange={(event) => change({ subject: event.currentTarget.value })} autoComplete="off" />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <TextInput label="Company" placeholder="Found in the mail if you leave this empty" value={mail.company_name} onChange={(event) => change({ company_name: event.currentTarget.value })} autoComplete="off" />
        </Grid.Col>
      </Grid>
      {mail.headers.length > 0 && <Text size="sm" c="dimmed">The head of the mail ({mail.headers.length} lines) was moved into the fields.</Text>}
    </Stack>
  );
}
