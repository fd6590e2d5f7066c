// Join.
import { Title } from '@mantine/core';

export default function JoinPage() {
  return <Title order={1}>Join</Title>;
}
