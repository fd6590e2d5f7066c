// Home.
import { Title } from '@mantine/core';

export default function SalesCommandCenter() {
  return <Title order={1}>Home</Title>;
}
