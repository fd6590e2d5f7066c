// What happened and what to do. For whole parts of a page; a field's error stands at the field.
import { ApiError } from '@/api/client';
import { Alert, Button, Group, Text } from '@mantine/core';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';

export function errorWords(error: unknown): { title: string; text: string } {
  if (!(error instanceof ApiError)) return { title: 'Something went wrong', text: 'Reload the page and try again.' };
  if (error.code === 'offline') return { title: 'The server cannot be reached', text: 'Check your connection. Nothing you see here is lost.' };
  if (error.status === 403) return { title: 'You may not do this', text: error.message };
  if (error.status === 404) return { title: 'Not found', text: error.message };
  if (error.status === 429) return { title: 'Too many requests', text: error.retryAfterS ? `Try again in ${error.retryAfterS} seconds.` : 'Wait a moment and try again.' };
  if (error.status >= 500) return { title: 'The server failed', text: 'Try again. If it happens again, tell your administrator the number below.' };
  return { title: 'That did not work', text: error.message };
}

export function ErrorAlert({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, text } = errorWords(error);
  const requestId = error instanceof ApiError && error.status >= 500 ? error.requestId : null;
  return (
    <Alert color="red" variant="light" title={title} icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Text size="sm">{text}</Text>
      {requestId && <Text size="xs" c="dimmed">Request {requestId}</Text>}
      {onRetry && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={onRetry}>Try again</Button>
        </Group>
      )}
    </Alert>
  );
}
