/** An Application Load Balancer that lets in who has logged in with us. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, it } from "node:test";

import { Person, issuer, register } from "../../openid/world.mjs";
import { aws, backend, edge, send } from "./cloud.mjs";

let ann, behind, front, host;

before(async () => {
  [ann, front, behind] = await Promise.all([Person.of("Balancer Ann"), edge(), backend("x-amzn-oidc-identity")]);
  const name = `lb-${randomUUID().slice(0, 8)}`;
  const target = { protocol: "HTTP", port: String(behind.port), vpcId: "vpc-1", targetType: "ip" };
  const [balancer, group, certificate, found] = await Promise.all([
    aws("elbv2", "create-load-balancer", { name, subnets: ["subnet-1", "subnet-2"] }),
    aws("elbv2", "create-target-group", { name, ...target }),
    aws("acm", "request-certificate", { domainName: "app.example.com" }),
    fetch(`${issuer}/.well-known/openid-configuration`).then((response) => response.json()),
  ]);
  const { LoadBalancerArn: loadBalancerArn, DNSName } = balancer.LoadBalancers[0];
  host = DNSName;
  const { id, secret } = register("Balancer", "--redirect-uri", `https://${host}/oauth2/idpresponse`);
  const targetGroupArn = group.TargetGroups[0].TargetGroupArn;
  await aws("elbv2", "register-targets", { targetGroupArn, targets: [{ Id: "127.0.0.1", Port: behind.port }] });
  const login = {
    Type: "authenticate-oidc",
    Order: 1,
    AuthenticateOidcConfig: {
      Issuer: issuer,
      AuthorizationEndpoint: found.authorization_endpoint,
      TokenEndpoint: found.token_endpoint,
      UserInfoEndpoint: found.userinfo_endpoint,
      ClientId: id,
      ClientSecret: secret,
      Scope: "openid email",
    },
  };
  const listener = await aws("elbv2", "create-listener", {
    loadBalancerArn,
    protocol: "HTTPS",
    port: "443",
    certificates: [{ CertificateArn: certificate.CertificateArn }],
    defaultActions: [{ Type: "fixed-response", Order: 1, FixedResponseConfig: { StatusCode: "404" } }],
  });
  await aws("elbv2", "create-rule", {
    listenerArn: listener.Listeners[0].ListenerArn,
    priority: "1",
    conditions: [{ Field: "path-pattern", Values: ["/inside*", "/oauth2/idpresponse"] }],
    actions: [login, { Type: "forward", Order: 2, TargetGroupArn: targetGroupArn }],
  });
});
after(async () => {
  front?.close();
  behind?.close();
  await ann?.close();
});

it("a load balancer sends who has not logged in to our page", async () => {
  const { status, headers } = await send(`${host}:443`, "/inside");
  assert.equal(status, 302);
  const to = new URL(headers.location);
  assert.equal(to.origin + to.pathname, `${issuer}/authorize`);
  assert.equal(to.searchParams.get("redirect_uri"), `https://${host}/oauth2/idpresponse`);
});

it("a load balancer serves its page after a login by QR code, and the page learns who it is", async () => {
  const screen = await front.screen(ann);
  await ann.logIn(screen, `https://${host}/inside?a=b`);
  await screen.waitForFunction(() => document.body.textContent === "balancer-ann");
  assert.equal(screen.url(), `https://${host}/inside?a=b`);
});

it("a load balancer takes no code that it did not ask for", async () => {
  assert.equal((await send(`${host}:443`, "/oauth2/idpresponse?code=a&state=b")).status, 401);
});
