// A call to the API's door from here. It saves nothing unless one says so.
import { ApiError } from '@/api/client';
import { useSession } from '@/session/session';
import { Alert, Button, Code, Group, JsonInput, Stack, Switch, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { CodeBlock } from '../CodeBlock';
import { look, send, type Ingested } from '../ingest';
import { DealLink } from '../ResultCard';

interface Tried {
  request: string;
  status: string;
  answer: unknown;
  ingested: Ingested | null;
}

// An answer that is a refusal is what one wants to see here, so it is no failure; only a broken connection is.
async function tryIt(text: string, real: boolean): Promise<Tried> {
  const deal: unknown = JSON.parse(text);
  const request = `POST /api/sales/deals/api${real ? '' : '?dry_run=true'}`;
  try {
    const ingested = await (real ? send : look)('api', deal);
    return { request, status: ingested.action === 'created' && real ? '201 Created' : '200 OK', answer: ingested, ingested };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0) throw error;
    const { status, message, code, details, requestId } = error;
    return { request, status: String(status), answer: { status: 'error', error: message, code, details, request_id: requestId }, ingested: null };
  }
}

export function SendTest({ example, openDeal }: { example: string; openDeal: (id: string) => void }) {
  const session = useSession();
  const [text, setText] = useState(example);
  const [real, setReal] = useState(false);
  const test = useMutation({ mutationFn: () => tryIt(text, real) });
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">Send a test</Title>
      <JsonInput label="Deal" value={text} onChange={setText} autosize minRows={6} maxRows={16} formatOnBlur validationError="This is not JSON yet: look for a missing comma or quote." styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} />
      <Group justify="space-between">
        {session.can('write') ? <Switch label="Save it for real" checked={real} onChange={(event) => setReal(event.currentTarget.checked)} /> : <span />}
        <Button loading={test.isPending} onClick={() => test.mutate()}>{real ? 'Send and save' : 'Send a test'}</Button>
      </Group>
      {test.isError && <Alert color="red" title="It could not be sent" role="alert">{test.error instanceof SyntaxError ? 'This is not JSON yet: look for a missing comma or quote.' : 'The server cannot be reached.'}</Alert>}
      {test.data && (
        <Stack gap="xs" role="status">
          <Text size="sm"><Code>{test.data.request}</Code> was answered <Code>{test.data.status}</Code>.</Text>
          {test.data.ingested && test.data.ingested.dry_run !== true && <Text size="sm">Saved as <DealLink id={test.data.ingested.deal.id} name={test.data.ingested.deal.name} openDeal={openDeal} />.</Text>}
          <CodeBlock title="Answer" language="json" code={JSON.stringify(test.data.answer, null, 2)} />
        </Stack>
      )}
    </Stack>
  );
}
