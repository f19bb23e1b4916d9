package dev.switchboard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.ConversationOperations;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Operations;
import dev.switchboard.protocol.RoomOperations;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperationTableTest {
    private final OperationTable table = new OperationTable(Operations.ALL);

    private OperationTable.Place at(String path) {
        OperationTable.Place place = table.find(path);
        assertThat(place).as(path).isNotNull();
        return place;
    }

    @Test
    void everyDeclaredRouteIsFound() {
        for (Operation<?, ?> operation : Operations.ALL) {
            for (Operation.Http http : operation.http()) {
                var route = at(http.path().replaceAll("\\{\\w+}", "x")).route(http.method());
                assertThat(route).as("%s %s", http.method(), http.path()).isNotNull();
                assertThat(route.operation()).isEqualTo(operation);
                assertThat(route.status()).isEqualTo(http.status());
            }
        }
    }

    @Test
    void aLiteralWinsOverAParameter() {
        var me = at("/users/me");
        var other = at("/users/abc");

        assertThat(me.route("GET").operation()).isEqualTo(AccountOperations.GET_ME);
        assertThat(other.route("GET").operation()).isEqualTo(AccountOperations.GET_USER);
        assertThat(other.parameters(other.route("GET"))).isEqualTo(Map.of("id", "abc"));
        assertThat(at("/users/me/roles").route("PUT").operation()).isEqualTo(AccountOperations.SET_ROLES);
    }

    @Test
    void parametersHaveTheNamesOfTheirOwnRoute() {
        var place = at("/conversations/a/members/b");

        var route = place.route("DELETE");

        assertThat(route.operation()).isEqualTo(ConversationOperations.REMOVE_MEMBER);
        assertThat(place.parameters(route)).isEqualTo(Map.of("id", "a", "userId", "b"));
    }

    @Test
    void aPathSaysWhatItAllows() {
        assertThat(at("/messages").allow()).isEqualTo("GET, HEAD, OPTIONS, POST");
        assertThat(at("/messages/x").allow()).isEqualTo("DELETE, OPTIONS, PUT");
        assertThat(at("/messages").route("HEAD").operation()).isEqualTo(RoomOperations.HISTORY);
        assertThat(at("/messages/x").route("HEAD")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/users/", "/users//roles", "/Users", "/users/a/b/c", "/auth"})
    void otherPathsLeadNowhere(String path) {
        assertThat(table.find(path)).isNull();
    }

    @Test
    void operationsOfThePlatformAloneHaveNoRoute() {
        var internal = AccountOperations.GET_ME.access(Operation.Access.INTERNAL);

        assertThat(new OperationTable(List.of(internal)).find("/users/me")).isNull();
    }

    @Test
    void oneRouteHasOneOperation() {
        var twin = RoomOperations.HISTORY.http("GET", "/users/{other}");

        assertThatThrownBy(() -> new OperationTable(List.of(AccountOperations.GET_USER, twin)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GET /users/{other}");
    }
}
