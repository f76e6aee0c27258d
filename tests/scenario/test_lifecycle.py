"""Starting, stopping, and two servers on one data folder."""
import socket
import time

from harness import (SAFE_TEXT, Scenario, Server, UNSAFE_TEXT, ids_in, raw_request, read_response,
                     wait_for)
from test_journal import Load

STOP_S_MAX = 8


class Stopping(Scenario):
    def test_requests_under_way_are_answered(self):
        server = self.serve()
        body = ('{"texts": ["' + UNSAFE_TEXT + '"]}').encode()
        request = raw_request(server, body)
        half = len(request) - len(body) // 2
        waiting = [server.connect() for _ in range(8)]
        for connection in waiting:
            connection.sendall(request[:half])
        time.sleep(0.2)  # let them arrive
        server.process.terminate()
        wait_for(lambda: self.is_refused(server.port), "new connections to be refused")
        answered = []
        for connection in waiting:
            connection.sendall(request[half:])
            answer = read_response(connection)
            connection.close()
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(answer.headers.get("connection"), "close")
            answered += ids_in(answer)
        self.assertEqual(server.process.wait(STOP_S_MAX), 0)
        self.assert_recorded(answered)

    @staticmethod
    def is_refused(port):
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", port)) != 0

    def test_under_load(self):
        server = self.serve()
        load = Load(server)
        wait_for(lambda: len(load.answered) > 100, "answers")
        status, seconds = server.stop()
        load.join()
        self.assertEqual(status, 0, server.err)
        self.assertLess(seconds, STOP_S_MAX)
        self.assertEqual(load.refused, [])
        self.assert_recorded(load.answered, also_others=True)

    def test_clients_that_never_finish_do_not_hold_it(self):
        server = self.serve()
        request = raw_request(server, b"{}")
        connections = []
        for sent in b"", request[:20], request[:-1]:
            connections.append(server.connect())
            connections[-1].sendall(sent)
        server.process.terminate()
        time.sleep(0.2)
        status, seconds = server.stop()  # a second signal changes nothing
        self.assertEqual(status, 0, server.err)
        self.assertLess(seconds, STOP_S_MAX)
        for connection in connections:
            connection.close()


class TwoServers(Scenario):
    def test_on_one_data_folder(self):
        """Both serve; whatever either answered is in the one journal, once."""
        with Server(self.data) as one, Server(self.data) as other:
            wait_for(lambda: other.get("/v1/models", key=one.key).status == 200, "the other's key")
            loads = [Load(server, clients=2) for server in (one, other)]
            for load in loads:
                wait_for(lambda: len(load.answered) > 200, "answers")
            one.kill()
            loads[0].join()
            before = len(loads[1].answered)
            wait_for(lambda: len(loads[1].answered) > before + 50, "the other goes on")
            loads[1].stop()
            self.assertEqual(loads[0].refused + loads[1].refused, [])
            self.assertEqual(other.judge(SAFE_TEXT)[0]["outcome"], "safe")
            self.assert_recorded(loads[0].answered + loads[1].answered, also_others=True)
