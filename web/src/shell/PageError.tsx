// A page that broke: say so, keep the frame, and let one try again.
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Container } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';

export function PageError({ error, reset }: ErrorComponentProps) {
  return (
    <Container size="sm" py="xl">
      <ErrorAlert error={error} onRetry={reset} />
    </Container>
  );
}
