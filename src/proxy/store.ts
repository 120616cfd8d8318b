/** What a program needs that looks into a proxy's stores beside it, or instead of it. */
export { PARKED, type ParkedEvents } from './eventing/parked.ts';
export { checkSpiRange, driverConfig, loadDriver, openStore, packageOf } from './persistence/drivers.ts';
export { ownAlone } from './routing/ownership.ts';
