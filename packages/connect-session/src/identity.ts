import type { LoginIdentity } from './types.js'

/** Who the claims of an ID token speak of. */
export function identityOf(claims: Record<string, unknown>): LoginIdentity {
  const of = (name: string): string | null => (claims[`custom:reapit:${name}`] as string) || null
  return {
    name: claims['name'] as string,
    email: claims['email'] as string,
    agencyCloudId: of('agencyCloudId'),
    developerId: of('developerId'),
    clientId: of('clientCode'),
    adminId: of('marketAdmin'),
    userCode: of('userCode'),
    groups: (claims['cognito:groups'] as string[]) || [],
    orgName: of('orgName'),
    orgId: of('orgId'),
    offGroupIds: of('offGroupIds'),
    offGrouping: of('offGrouping') === 'true',
    offGroupName: of('offGroupName'),
    officeId: of('officeId'),
    orgProduct: of('orgProduct'),
  }
}
