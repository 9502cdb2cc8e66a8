# Published OpenID relying parties, unmodified, that are programs of their own. Building them takes minutes.

oauth2_proxy_version=v7.15.6

stage_openid_judges() {
  heading "OpenID relying parties"
  need go "install Go 1.26 or newer"
  need javac "install a JDK, 17 or newer"
  [ -n "${CHROMIUM:-}" ] || ensure chromium chromium
  ensure mvn maven
  # The module brings Apache's program, but not its service.
  [ -f /usr/lib/apache2/modules/mod_auth_openidc.so ] || ensure mod_auth_openidc libapache2-mod-auth-openidc
  node_packages tests/openid
  local proxy=$cache/oauth2-proxy/$oauth2_proxy_version spring=$cache/openid-spring
  [ -x "$proxy/oauth2-proxy" ] ||
    GOBIN=$proxy go install "github.com/oauth2-proxy/oauth2-proxy/v7@$oauth2_proxy_version"
  mvn --batch-mode --quiet -f tests/openid/judges/spring/pom.xml -Dfolder="$spring" package
  start_stack
  (cd tests/openid && SCANLATCH_READY=$ready SCANLATCH_OAUTH2_PROXY=$proxy/oauth2-proxy \
    SCANLATCH_SPRING_JAR=$spring/judge.jar npm run judges --silent)
  stop "$stack"
}
