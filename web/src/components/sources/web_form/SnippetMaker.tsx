// Makes the form to paste: which pages may send it, what it asks, and its publishable key.
import { useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Alert, Button, Checkbox, Grid, Group, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { CodeBlock } from '../CodeBlock';
import { makeKey } from '../workspace';
import { originOf } from './origin';
import { formSnippet, SNIPPET_FIELDS } from './snippet';

const PLACE_HOLDER = 'YOUR_FORM_KEY';
const FIRST_FIELDS = ['first_name', 'last_name', 'email', 'company', 'company_size', 'message'];

export function SnippetMaker() {
  const session = useSession();
  const [origins, setOrigins] = useState<string[]>([]);
  const [fields, setFields] = useState(FIRST_FIELDS);
  const [button, setButton] = useState('Send');
  const [thanks, setThanks] = useState('Thank you. We will be in touch.');
  const [refused, setRefused] = useState<string | null>(null);
  const key = useMutation({
    mutationFn: () => makeKey({ role: 'form', label: `Web form ${origins[0] ?? ''}`.trim(), workspaces: [session.workspace_id], origins }),
  });
  const formKey = key.data?.secret ?? PLACE_HOLDER;
  const takeOrigins = (typed: string[]) => {
    const read = typed.map(originOf);
    setRefused(read.includes(null) ? 'Enter the address of a site, such as https://www.example.com.' : null);
    setOrigins([...new Set(read.filter((origin) => origin !== null))]);
    key.reset();
  };
  return (
    <Stack gap="md">
      <TagsInput
        label="Sites the form may be sent from"
        description="Press Enter after each address. Answers from other sites are refused."
        placeholder={origins.length === 0 ? 'https://www.example.com' : ''}
        value={origins}
        onChange={takeOrigins}
        error={refused}
        acceptValueOnBlur
      />
      <Checkbox.Group label="What it asks" value={fields} onChange={setFields}>
        <Group gap="md" mt={6}>
          {SNIPPET_FIELDS.map((field) => (
            <Checkbox key={field.key} value={field.key} label={field.label} disabled={field.required === true} />
          ))}
        </Group>
      </Checkbox.Group>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, sm: 4 }}>
          <TextInput label="Words on the button" value={button} onChange={(event) => setButton(event.currentTarget.value)} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 8 }}>
          <TextInput label="What it says afterwards" value={thanks} onChange={(event) => setThanks(event.currentTarget.value)} />
        </Grid.Col>
      </Grid>
      {key.isError && <ErrorAlert error={key.error} />}
      <MakeKey made={key.isSuccess} ready={origins.length > 0} busy={key.isPending} admin={session.can('administer')} make={() => key.mutate()} />
      <CodeBlock title="Paste this into your page" language="html" code={formSnippet({ server: window.location.origin, formKey, fields, button, thanks })} action={key.isSuccess ? undefined : null} />
      <Text size="sm" c="dimmed">
        The form works without JavaScript. With it, answers are sent without leaving the page, mistakes are shown at the field, and the campaign
        (utm_source and the like) and the page before are kept with the lead. No cookies. A hidden field and the time it takes to fill in the form keep programs out.
      </Text>
    </Stack>
  );
}

function MakeKey({ made, ready, busy, admin, make }: { made: boolean; ready: boolean; busy: boolean; admin: boolean; make: () => void }) {
  if (made)
    return (
      <Alert color="teal" variant="light" title="Your form is ready" role="status">
        It has a key of its own, which may stand in a public page: all it can do is send this form. You can revoke it in the settings.
      </Alert>
    );
  if (!admin) return <Alert color="gray">Only an admin can make the form’s key. Ask one, and put the key in place of {PLACE_HOLDER}.</Alert>;
  return (
    <Group>
      <Button onClick={make} loading={busy} disabled={!ready}>Make the form</Button>
      {!ready && <Text size="sm" c="dimmed">Say first which site it is for.</Text>}
    </Group>
  );
}

