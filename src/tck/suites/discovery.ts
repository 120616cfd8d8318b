import { casesOf, type ProxyCase } from '../case.ts';
import { expectEqual } from '../expect.ts';
import type { ProxyWorld } from '../proxy-world.ts';
import { ENTITY_TYPES } from '../spec.ts';

const REFLECTION = 'grpc.reflection.v1alpha.ServerReflection';

export const discoveryCases: readonly ProxyCase[] = casesOf('discovery', [], {
  async 'verify proxy info and entity discovery'({ proxyInfo, spec, discoveries }: ProxyWorld) {
    const { protocolMajorVersion, protocolMinorVersion, supportedEntityTypes } = proxyInfo;
    expectEqual(
      'the proxy',
      { protocolMajorVersion, protocolMinorVersion, supportedEntityTypes },
      { protocolMinorVersion: 2, supportedEntityTypes: ENTITY_TYPES },
    );
    const services = spec.entities.map(({ serviceName = '' }) => serviceName);
    expectEqual(
      'services that are not in the descriptors',
      services.filter((name) => !spec.services.has(name)),
      [],
    );
    expectEqual('successful discoveries', discoveries.filter(({ out }) => out.at(-1) === 'complete').length, 1);
  },
});

/** In the order of their characters. */
const byName = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

export const reflectionCases: readonly ProxyCase[] = casesOf('reflection', [], {
  async 'verify that the proxy supports server reflection'({ caller, spec }: ProxyWorld) {
    const services = spec.entities.map(({ serviceName = '' }) => serviceName).toSorted(byName);
    const list = { listServicesResponse: { service: [REFLECTION, ...services].map((name) => ({ name })) } };
    const line = caller.open(REFLECTION, 'ServerReflectionInfo');
    const questions = [
      [{ listServices: '' }, list],
      [{ listServices: 'nonsense.blabla.' }, list],
      [{ fileContainingSymbol: 'nonsense.blabla.Void' }, { fileDescriptorResponse: {} }],
    ] as const;
    for (const [question, expected] of questions) {
      const { validHost: _, originalRequest: __, ...answer } = (await line.send(question).next()) ?? {};
      expectEqual(`answer to ${JSON.stringify(question)}`, answer, expected);
    }
    await line.halfClose().expectEnd();
  },
});
