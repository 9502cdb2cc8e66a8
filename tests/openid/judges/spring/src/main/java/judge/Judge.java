package judge;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A page that shows who is logged in, and one for those who have logged out. */
@SpringBootApplication
@RestController
public class Judge {
  public static void main(String[] words) {
    SpringApplication.run(Judge.class, words);
  }

  @GetMapping("/")
  String page(@AuthenticationPrincipal OidcUser user) {
    return user.getSubject() + " " + user.getEmail();
  }

  @GetMapping("/out")
  String out() {
    return "logged out";
  }

  @Bean
  SecurityFilterChain rules(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
    var atProvider = new OidcClientInitiatedLogoutSuccessHandler(clients);
    atProvider.setPostLogoutRedirectUri("{baseUrl}/out");
    return http
        .authorizeHttpRequests(all -> all.requestMatchers("/out").permitAll().anyRequest().authenticated())
        .oauth2Login(Customizer.withDefaults())
        .logout(logout -> logout.logoutSuccessHandler(atProvider))
        .build();
  }
}
