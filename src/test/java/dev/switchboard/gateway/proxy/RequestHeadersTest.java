package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.identity.Identity;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadersTest {
    private static final UUID ID = UUID.fromString("018f0000-0000-7000-8000-00000000000a");
    private static final Identity ANNA = new Identity(
            ID.toString(),
            ID,
            "anna",
            "Anna Ångström",
            "anna@example.org",
            null,
            Set.of("user", "admin"),
            ID,
            Instant.EPOCH);

    private final MultiMap sent = MultiMap.caseInsensitiveMultiMap();

    private static Inbound inbound(Identity identity) {
        return new Inbound("r-1", "192.0.2.9", true, "app.example.org:8443", identity);
    }

    private MultiMap written() {
        MultiMap to = MultiMap.caseInsensitiveMultiMap();
        RequestHeaders.write(sent, "1.1", inbound(ANNA), Set.of(), to);
        return to;
    }

    @Test
    void theServiceIsToldWhoAsksAndHow() {
        MultiMap to = written();

        assertThat(to.get("X-User-Id")).isEqualTo(ID.toString());
        assertThat(to.get("X-User-Name")).isEqualTo("Anna %C3%85ngstr%C3%B6m");
        assertThat(to.get("X-User-Email")).isEqualTo("anna@example.org");
        assertThat(to.get("X-User-Roles")).isEqualTo("admin,user");
        assertThat(to.get("X-Request-Id")).isEqualTo("r-1");
        assertThat(to.get("X-Forwarded-For")).isEqualTo("192.0.2.9");
        assertThat(to.get("X-Forwarded-Host")).isEqualTo("app.example.org:8443");
        assertThat(to.get("X-Forwarded-Port")).isEqualTo("8443");
        assertThat(to.get("X-Forwarded-Proto")).isEqualTo("https");
        assertThat(to.get("Forwarded")).isEqualTo("for=192.0.2.9;host=\"app.example.org:8443\";proto=https");
        assertThat(to.get("Via")).isEqualTo("1.1 switchboard");
        assertThat(TraceContext.isValid(to.get("traceparent"))).isTrue();
    }

    @Test
    void aStrangerHasNoIdentityWhateverItClaims() {
        sent.add("X-User-Id", "1")
                .add("x-user-roles", "admin")
                .add("X_User_Id", "1")
                .add("X-Internal-Token", "t");
        MultiMap to = MultiMap.caseInsensitiveMultiMap();
        RequestHeaders.write(sent, "2", inbound(null), Set.of(), to);

        assertThat(to.names())
                .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).matches("x.(user|internal).*"));
        assertThat(to.get("Via")).isEqualTo("2 switchboard");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-User-Id",
                "x-USER-anything",
                "X_User_Id",
                "X-User_Id",
                "X.User.Id",
                "X-Internal-User-Id",
                "X_Internal_Key",
                "X-Forwarded-Uri",
                "X-Forwarded-For",
                "X_Forwarded_For",
                "Forwarded",
                "X-Request-Id",
                "Keep-Alive",
                "Proxy-Connection",
                "Proxy-Authorization",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "HTTP2-Settings",
                "Host",
                "X-Real-IP",
                "X-Original-URL",
                "X-Rewrite-URL",
                "X-HTTP-Method-Override",
                "Proxy",
                "Any_Name",
                "traceparent"
            })
    void whatAClientMustNotSayDoesNotPass(String name) {
        sent.add(name, "spoofed");

        assertThat(written().entries()).noneMatch(field -> field.getValue().contains("spoofed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-User-Id", "x-user-id, X-Forwarded-For", "close,X-Request-Id,traceparent,Forwarded,Via"})
    void aNominationRemovesNothingThatTheGatewayWrites(String nominated) {
        MultiMap without = written();
        sent.add("Connection", nominated);

        assertThat(written().names()).containsExactlyInAnyOrderElementsOf(without.names());
    }

    @Test
    void whatAClientNominatesGoesAndTheRestStays() {
        sent.add("Connection", "keep-alive, X-Secret").add("Connection", "x-other");
        sent.add("X-Secret", "1")
                .add("X-Other", "2")
                .add("Accept", "a")
                .add("Accept", "b")
                .add("Authorization", "Bearer t");
        MultiMap to = written();

        assertThat(to.contains("X-Secret")).isFalse();
        assertThat(to.contains("X-Other")).isFalse();
        assertThat(to.contains("Connection")).isFalse();
        assertThat(to.getAll("Accept")).containsExactly("a", "b");
        assertThat(to.get("Authorization")).isEqualTo("Bearer t");
    }

    @Test
    void cookiesOfTheGatewayStayWithIt() {
        sent.add("Cookie", "a=1; session=s; XSRF-TOKEN=x").add("Cookie", "refresh=r;b=2;  session2=3; nameless");

        assertThat(written().getAll("Cookie")).containsExactly("a=1; b=2; session2=3; nameless");
    }

    @Test
    void withoutOtherCookiesThereIsNoLine() {
        sent.add("Cookie", "session=s");

        assertThat(written().contains("Cookie")).isFalse();
    }

    @Test
    void proxiesInFrontStayInVia() {
        sent.add("Via", "1.0 a").add("Via", "1.1 b (x)");

        assertThat(written().getAll("Via")).containsExactly("1.0 a, 1.1 b (x), 1.1 switchboard");
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8::1,a.example,80,'for=\"[2001:db8::1]\";host=\"a.example\";proto=http'",
        "192.0.2.1,[::1]:81,81,'for=192.0.2.1;host=\"[::1]:81\";proto=http'",
        "192.0.2.1,[::1],80,'for=192.0.2.1;host=\"[::1]\";proto=http'",
        "192.0.2.1,'evil\";for=1.1.1.1',,for=192.0.2.1;proto=http"
    })
    void theOriginIsWrittenSoThatItCannotBeMisread(String client, String host, String port, String forwarded) {
        MultiMap to = MultiMap.caseInsensitiveMultiMap();
        RequestHeaders.write(sent, "1.1", new Inbound("r", client, false, host, null), Set.of(), to);

        assertThat(to.get("Forwarded")).isEqualTo(forwarded);
        assertThat(to.get("X-Forwarded-Port")).isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource({
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,true",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00,true",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-later,true",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-later,false",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,false",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01,false",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01,false",
        "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,false",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331,false"
    })
    void aValidTraceGoesOnAndAnotherOneIsStarted(String parent, boolean valid) {
        sent.add("traceparent", parent).add("tracestate", "a=1").add("tracestate", "b=2");
        MultiMap to = written();

        assertThat(TraceContext.isValid(to.get("traceparent"))).isTrue();
        assertThat(to.get("traceparent").equals(parent)).isEqualTo(valid);
        assertThat(to.get("tracestate")).isEqualTo(valid ? "a=1,b=2" : null);
    }

    @Test
    void twoTracesAreNone() {
        String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        sent.add("traceparent", parent).add("traceparent", parent);

        assertThat(written().getAll("traceparent")).hasSize(1).doesNotContain(parent);
    }

    @Property
    void anyTextIsAHeaderThatCanBeReadBack(@ForAll String text) {
        String encoded = HeaderText.of(text);

        assertThat(encoded).matches("[ -~]*").isEqualTo(encoded.strip());
        String expected = new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(java.net.URLDecoder.decode(encoded.replace("+", "%2b"), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(expected);
    }
}
