// Made by Goldens/images.py with Pillow 13.0.0 and PyTorch 2.13.0+cpu.

/// A resized picture by another library.
struct ResizeGolden: Sendable {
  var channels: Int, from: [Int], to: [Int], method: String, antialias: Bool
  /// The samples, in base 64; or, of a larger picture, the SHA-256 of them.
  var pixels: String

  static let all = [
    ResizeGolden(
      channels: 1, from: [13, 11], to: [5, 7], method: "nearest", antialias: true,
      pixels: """
        Jpy2h93fLcSgzrVv7ybA4nQ4syUHcbI4ghPpE/SqrFoB7Xs=
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [5, 7], method: "bilinear", antialias: true,
      pixels: """
        O4GLfJV3f6uIunx5mHOklW5fn4x1eG6ToWa0gKBnkYpspm4=
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [5, 7], method: "bilinear", antialias: false,
      pixels: """
        LKOvj7Oxdb+Rx5eMx1K1vmY4pTVDb4uQnCDaMtN8goREq1k=
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [5, 7], method: "bicubic", antialias: true,
      pixels: """
        M4WJepR0frOEw3p6nG6mn2pUqYp3dWSVqV7Cf6Zal4hlrms=
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [5, 7], method: "bicubic", antialias: false,
      pixels: """
        I7Oul7vCaryXy5qg0zLByGM4oSAuYp6CoAXgJPiKfXpIqU0=
        """),
    ResizeGolden(
      channels: 2, from: [13, 11], to: [5, 7], method: "nearest", antialias: true,
      pixels: """
        Wpy2MJ1rfJ5Yspy2keOILj44s+XqcFYU1edMsjjW/FoBl1dB3hxj2SddU8HytImfNYMUtvDKF0U2uJJM1lBL/YKIeNJt/w==
        """),
    ResizeGolden(
      channels: 2, from: [13, 11], to: [5, 7], method: "bilinear", antialias: true,
      pixels: """
        enCwhYNybX5cm4iKg6eWfHKBbqS6g56WhapVommavoNyo2Z/cZJ0vqidjbOcf3qjjJ5hgK+ghaFsunV8OW5ZjmuTibB8rg==
        """),
    ResizeGolden(
      channels: 2, from: [13, 11], to: [5, 7], method: "bilinear", antialias: false,
      pixels: """
        VXbHa7hbbqRSwpWhe8mYL1Zai9Ddi3NrhcVWs2iv32oYuVdBvVZi3YeJeMPfcnyEh49Vm+HAG1lQwXhHtU2BqmycoqZjtw==
        """),
    ResizeGolden(
      channels: 2, from: [13, 11], to: [5, 7], method: "bicubic", antialias: true,
      pixels: """
        d227h3lxbHpbnISJfq2jeHJ9bqbAfp2Yhq9OpWmWzH9vp1p8cpF2xK6hi7qkc3ilkaBSe7eehaZlwXRyL2xVjWiQjLR9sQ==
        """),
    ResizeGolden(
      channels: 2, from: [13, 11], to: [5, 7], method: "bicubic", antialias: false,
      pixels: """
        RnXNXrtdaMRC0pqxheWRH0VEmt/0h3hBiuBQ0GOu52sAyldBzUdh34B8bcf/fHpzhIhKsP/QCE5Gw4Qz1T2Kr2+gqKFavA==
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [5, 7], method: "nearest", antialias: true,
      pixels: """
        nOxKhyvdfJ7O338tqp6gcASmutvRTLImE/fpPa70n1UZtb8QQAGXcniMaMJjTkiJNYPfJPDKgctcSOaS7ix4bf+fwNDugQ+r4MKyA2PRTgLE\
        0wVFxnY08fUHt1sNYZKYg/l92s7QZOU7
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [5, 7], method: "bilinear", antialias: true,
      pixels: """
        dJVoiHeQXI2LmZRero+ki1yWlaeIbYR5gJhzfKJ+rnabtnKDlmiXlZF1oIuVe3mhcounh6qiropwgIeCfmadhHKymIyxYXxQnJqFYoGnZmKJ\
        d3qBao5whZiBtYBQdX2IR6idgreokot2
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [5, 7], method: "bilinear", antialias: false,
      pixels: """
        dcpOgGqkb5rUs5xCo5uvfiultdyHTK1BVKmZS6bEqXl2pWFUZx5tkmJ0mH6iYlSBPbO5JPDKsINTScd8f0d8cIiwzM3cZn1R2ralGnG+Yy2I\
        uBNYe3pCt8ExpnYsbIOQY9CTiLHVZptd
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [5, 7], method: "bicubic", antialias: true,
      pixels: """
        cJhjjXSVUY+HnJVYtYurilKYlLaGZoF3fplyeKV2s3ehu21+mWWik5NwpIuZeHqkaompibGjvIxud4ODfWObhnW7no27WHpBn56HYIiwY1qD\
        dXp8aYxug5aIwYFIdHyJN6mfhsCtmYVz
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [5, 7], method: "bicubic", antialias: false,
      pixels: """
        cuZAdmescJncxZ4upJqsfCKt0P+DTLw0N7SuNKHlsIRhnEAubgBumTx1pWqkWEd4Na+6JPDKqYc+Pdx7jD5pZJuu2N/uZINb/LrGAGnMZwaD\
        vABJiGoi0MgIo3UdYoSLXdeXh6rzUZVf
        """),
    ResizeGolden(
      channels: 4, from: [13, 11], to: [5, 7], method: "nearest", antialias: true,
      pixels: """
        7Eq2MJ1rRzFTyU3fsM76NGHvizXp9xM9GpgkvhA2aqyte1dB3hxowtS6rrDFG3/xoqCsxpg+8rSJn8P1EadL/YKInL6fTQnT1SuPAUYM4MLO\
        FGjKv3U5Cxx65mCSmKzOg/l9D+D+KmSRH7tlR33BE6SCbmhVo/9p3auHcQ5MmPIE6t7goS/LddLQ3PY=
        """),
    ResizeGolden(
      channels: 4, from: [13, 11], to: [5, 7], method: "bilinear", antialias: true,
      pixels: """
        aWZtmJFhcoqCdH2on22qoFyPfIVxfJCkfoZarm14hZ9oe4CjgYB0ra55rrSAjIOnY3txsHRsa7WKiJezXY9xpJOCeqaLgUe3jXxjc3ptqKCB\
        c0qUj5GEeUt6cIGIeniQmIdieqWRbYN9ba+QgoaJiaGQZZRokJSLgIB4hWJ1hKNve3uZnm13h5OTqK0=
        """),
    ResizeGolden(
      channels: 4, from: [13, 11], to: [5, 7], method: "bilinear", antialias: false,
      pixels: """
        lEqfcIRdcGVGsHKws6/WgVHfe1+xukxxVnQyxBM/eJxxhmCRs1Nfw6pzwLxzd3m2fmpl3HJtfcCTo8HPEJtn2q1jjsafTQnT03lgIlwt2caG\
        XV+xt5WBThSDk4yWl6WWdtV2QcnWQXJ5LcSVQHGvIKl6So5Hm9CJj4JeV1FLjaIKsrK/t1efW5aqzco=
        """),
    ResizeGolden(
      channels: 4, from: [13, 11], to: [5, 7], method: "bicubic", antialias: true,
      pixels: """
        Z2Znm5JhcIaFcn6qo2uuolGReINofZajfohSsHF7jZ1geYKigIFwrbp3tbd/kYKoXX10sXhnZbiLiJq1V5RxoJF+eaqSg0G+jXhUanZurqR6\
        bz6Ul5mFdjx5c36JeXyPoIdXd6yXaYJ3Z72PiIyMjK2WX5NfkJuLf4F3hlt1hKd3dXOYnm13h5KVrLE=
        """),
    ResizeGolden(
      channels: 4, from: [13, 11], to: [5, 7], method: "bicubic", antialias: false,
      pixels: """
        kj2yZn1ZfExItXSuvsrtdEn6eU27xDZcO2UaywY0c5pmjEmMyj1SxK5d48duX4C7h3Nt4Wdvk9uWwtjcAJ9h765Wlc6fTQnT23xTEFMp39CS\
        QGi11qt7JASIm5KOo8ifdfxpGcz9L3BiFtGhRXCtFqxoLpE5kN+Uj3dXR0RGjJwIs7DGt1uzRZyy2dM=
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [17, 23], method: "nearest", antialias: true,
      pixels: """
        ACYmWpzs7Eq2MPHxhyvd3Z0AJiZanOzsSrYw8fGHK93dnWtHRzFiaGh8ns4MDFiyU1PJa0dHMWJoaHyezgwMWLJTU8lN399/Lenps8Sqnp6g\
        sM7O+k3f338t6emzxKqenqCwzs76NLW1C2/h4WHvizU1JuzAwKI0tbULb+HhYe+LNTUm7MDAopKQkJy2FxdNkeNDQ7Ett7eIkpCQnLYXF02R\
        40NDsS23t4gu4uKkdFJSPjh5j4+z5SUlcy7i4qR0UlI+OHmPj7PlJSVzLuLipHRSUj44eY+Ps+UlJXPPOTnqcAQEplYU4OC629HR1c85Oepw\
        BASmVhTg4Lrb0dHV5wcHNXG7u0yyJqioONaCgjznBwc1cbu7TLImqKg41oKCPD0TE/fp6en3Ez2urvRIqqoaPRMT9+np6fcTPa6u9EiqqhqY\
        JCS+n1VVGevLubm1vxAQNpgkJL6fVVUZ68u5ubW/EBA2aqys/FrGxkABlzs77a17e1dqrKz8WsbGQAGXOzvtrXt7Vw==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [17, 23], method: "bilinear", antialias: true,
      pixels: """
        ABk7ZpjUoGO2UJbSgjuUxp0XJjxcjLyWarFpjKx6UY62p0pCPUdwh396paB1WGiDgpO8ZmNTRFdzgo2lwHI4aaSHjtJXjY1eQpivpbe3j3SJ\
        qam86UqmrmY5tMqwyq6bkZOxxNnvPpWLPlO6tpfeqHlcXb7MxcQ8iHIocLSbf+enYTU8vcu0oGmNhGiTe2Nturx5TXV+o62TjpKXobFHMVyN\
        zI5lqkt+oodemrCelFE9TGObiYCwk3lxfS6iyJx3XEk9OGqFmrbcdEFze4mnt3dBTGZGSYO2udmihqLIcIXSdyZQj1UngNK81dHM0dlkVZRz\
        XGh/fjN3s4fJwKSS5VgjTW6agmiqRG2OTLypckmkQjyHnsCwiHQ/cJ6DmZduL1MpZt3a4OK1KDZ3u9Rxh3UeXTFs4NG9sJhea5K/2IRzWCSI\
        RmXDroFZX8W3tLq/rl8tMYpjg8WOfVFCpLalosa7aTZAdIW213GZdjY0iXp/3rmEXFBqlc3fZKaHMQF0Zm/puJBuVw==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [17, 23], method: "bilinear", antialias: false,
      pixels: """
        ABk7ZpjUoGO2UJbSgjuUxp0XJTxcjL2WarFpjKx6Uo62p0pCPUdwiIB6paB2WGiDgpO8ZmNTQ1dzgo2lv3I4aaSHjdJXjY1dQpevpbe3j3OJ\
        qam86UqnrmY5tMqwyq6akJKxxNjvPpaLPVO6tpfeqHlcXb7MxcQ8iHIocLWbf+emYjU8vsu0oGmNhGeUe2Nturx5TXV+o62TjpGXoLJHMVyN\
        y45mqkt+oodemrCelFE9TGOaiYCwlHlxfS6iyJx3XEk9OGqFmrbcdEFze4mnt3dBTGZGSIK2udmihqLIcIXSdyZQj1UngNK81dHM0dlkVZRz\
        XGh/fjN3s4fJwKWS5VgjTW6agmiqRG2OTLypckmkQjyGnsCwiXQ/cJ6DmZdvL1MpZt3a4OK1KDZ3u9RxhnUeXTFs4NC9sJhea5K/2IVzWCSI\
        RWbDroFZX8W3tbq/rl8tMYpjhMSOfVFDpLamosW8aTZAdIW213GZdjc0iHp/3rmEXVBqlc3fZKaHMQF0Zm/puJBuVw==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [17, 23], method: "bicubic", antialias: true,
      pixels: """
        AA86aZ3ypFK4MJz7hB+a3ZUSHjddkNCXXLJWjsJ6QJDDolE8L0B0hXZzoqtuQmKIeYm9b2VMO1Vqe42h2GoVZbR7fdlYmqFgNZq8qrTCknGT\
        rqW990G1yGUtwtywyq2emZmxx+D2LqSZJ0nYx5DopXJUUNHdyMYzk3URb8qccuyqWCMvzdmynG6Ofl+feVNmwdByN3FvqbiNkZGVpbk6IFuN\
        3oxasjh8roVTocCimkgtQlusjHe6jWlkdiWo2Zt2W0c6OGuGmLbqbTJ3cIi3yHMwSW47NoTFwO6gfKzRYn7ndw9Mo1MSgeS82NTQ1vhYPZts\
        TF+Ghxx2w3vU0K6c+FQIQWmnf1qzN2yUO8q0akOuNiN8ndfAhXUuaqJ3l6BrHkoUYfDi6/3IFyJyyOJdi4ETUhhn+d/Cv6hUYpLO6XRvWxuT\
        NVXMsXc+UtvGvL+8uVQaMZVbfMuJdjctuMurncLMYCNDcYTE42ejfikqkXNw5r+EW1Fil+TtV7adJgB4W1v1upNzWA==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [17, 23], method: "bicubic", antialias: false,
      pixels: """
        AAw6bJz5pE+5K5v/gRmZ55MUHTVcjc+SXLBbir12QY3DolI4Jz91g3BxobFrOGGIdYK8cmtPO1FmfZCh4WoMabl7eN5an6ZeMZK/rLHIkmyW\
        sJ+6/Dy90F4rw+Svza2dmZixyeP2Jq+gH0Lg0pLspnFTUdPmyskymnQPb8uXcOuyVRsyyN6wmXCQeFyifUxnxtpuLW5prL+KkZCWqLs6GFyL\
        4otZszl3soNOpsikn0gkPleyjna+jGBdcyKs4Jh3W0Y5OGmHmbfvbSp4a4jCzHQoSHE1LIXOxfehdrHSW4DsewhKplIMgOu+2NTP1/9QMZpq\
        R1uKjRd0x3bU2LCf/1EAQmane1u0N2uUOsq9aEWuLhp/n+PLhXEoZ6N1kqRrFE0MX/bh7P/EFRdvz95ejogQTwxp/+XBv6hXYZXX7HZsWhiT\
        KlHTt3w5WdzGvcO8u1QUL5pXfMqIdCgowNWtm8DWXhdFc37F4GmgeiM0lnZz5MWBU1Bflu7sVrelHQB1WFz3vZR0WA==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [13, 4], method: "nearest", antialias: true,
      pixels: """
        a0cxYmh8ns4MWLJTyZKQnLYXTZHjQ7Ett4jPOepwBKZWFOC629HVmCS+n1UZ68u5tb8QNg==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [13, 4], method: "bilinear", antialias: true,
      pixels: """
        QW1MZ7d5tZNzcpGhxV2wcnx7ZKCjYoajoqKeSKeHa39mP7GcvJF1fUPQmaFecYuSyJ9dOQ==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [13, 4], method: "bilinear", antialias: false,
      pixels: """
        XkM2aXh2obopXqFkxG+eZptjVLTCPn11upLYJqZwSYR4G8uJ2bOckjXGlmMezsSpvL0dOg==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [13, 4], method: "bicubic", antialias: true,
      pixels: """
        PmlKZcB7uZB5co2myVq9b3t3YaOtWIWnoaWlP6iJZYBjNbqbv49zeULWnKpha42OzppfNA==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [13, 4], method: "bicubic", antialias: false,
      pixels: """
        YjkwbG1znsAZWKRZwXmSX6hZUL/NL3diyY71FKRoOoaFDtSA4cWrmjPAklYN4tCttsYQOw==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [6, 11], method: "nearest", antialias: true,
      pixels: """
        JpxKMIfdR2J8zlhT3y2zqqDOtW9hiybAkLZN47G34nQ+ebMlOXCmFLrRB3FMJjiCE+n3PfSqJJ8Zy7UQrFpAl+17
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [6, 11], method: "bilinear", antialias: true,
      pixels: """
        IY2RhoijUVJ/iGSSlXu+rKnaZG2lhXO8k4tWoXSLkYZGcq5nlHtkZM7UZmSCaoV2Tdq7XqtgbY9jyao/oahYYKx2
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [6, 11], method: "bilinear", antialias: false,
      pixels: """
        FoxXQHDCVlZ6vm6EokK3qaTgf1ZshFi0kbBJ1pCjl4BAe8BGd46ZJcLTZGJVMWBlJOz2RsluVKceyrggkIJLj91s
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [6, 11], method: "bicubic", antialias: true,
      pixels: """
        F5KVioKlUU6FhmCXlXfFq6TeYmeygG/ClYxQpm+Okoo+b7lhl31YZNLVZl6IaIh0Quq5V7Nba5Fe0bA2n7FTVLZ0
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [6, 11], method: "bicubic", antialias: false,
      pixels: """
        EYZQNmHWWFV5w3h5rii3qKPjk0ZjgFOvkMFF3Jqzn4BAfskwY52fHr7SXV1OKFNdDPT/RtF6Q7MSyL0NiXZNmPNn
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [1, 1], method: "nearest", antialias: true,
      pixels: """
        OA==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [1, 1], method: "bilinear", antialias: true,
      pixels: """
        hQ==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [1, 1], method: "bilinear", antialias: false,
      pixels: """
        OA==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [1, 1], method: "bicubic", antialias: true,
      pixels: """
        hQ==
        """),
    ResizeGolden(
      channels: 1, from: [13, 11], to: [1, 1], method: "bicubic", antialias: false,
      pixels: """
        OA==
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [13, 4], method: "nearest", antialias: true,
      pixels: """
        NLULb+Fh74s1JuzAopKQnLYXTZHjQ7Ett4gu4qR0Uj44eY+z5SVzjz35w9S6rrDA3gpExRt/8XH/m0U2/NCyoqCsxiddofNTwT3HmD7yB/n5\
        ByNNvgRYuiqoNM6vZSn728nFzyBGerwMatZQEadL/b2LZ1GC22zSRshY9qJcXTMXCQkXM13OFGjKOrhE3r91OQvr2dXfMFaKzBx6
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [13, 4], method: "bilinear", antialias: true,
      pixels: """
        VGJngKJlulufcq68o5hdboZlWY+pS4GGiYM8pap/qZpTd5+2r3mPmk7GjG95sZvFqXhugIR9p3XFYWl0sLu4oGRgg4Z/rcRLgJqkj1qjXajB\
        X0J+rXGvfG+sVISffobCqq23mH2UbYkhhoFrTYNqy8aHcW2Qr22XZYNjv6iDXFRxXll6T4HLcYKYQbldZLl6jluymtSgfa5YlTWO
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [13, 4], method: "bilinear", antialias: false,
      pixels: """
        LqMVdeJe6IBMMtTEoY2Hj6whU5PgPKY+qpAy4p9rZU1Kf5Gx3jqEkjTjtqR+xbq9z04wjzmQ9WjqeSxatNuwk4WEpkVvpus+oG+isErxN9bj\
        XiZdxi6OnXqlPYS8lWXk0czUizR8XKsIc4tyKoMz8r+agnmi3Gq8VLpP8aFfXj8nHSI0NGLQInrANbdHxcSFTSPo2trINmiAxht9
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [13, 4], method: "bicubic", antialias: true,
      pixels: """
        UF9mgKNkt1Kgc6/CqJlXaIRjWZKoRHiHhIY6pK2ArZ1Udp+5r4COo0jKj255sqLHrnplgIZ9rXPIWmRuuMS8qF5mf4eCtMlHeJimkVWiVbLD\
        XD2BrW6xeW+zToOifonAsbPAm3eVbYgWhn9lQndt1MmIbnKPsWmSZYViva2AWlJwY1l7TYLMcn6SOr5YW76Bk1y0m92ifbBRlTKQ
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [13, 4], method: "bicubic", antialias: false,
      pixels: """
        I68DdPJa9Io8JtnCnoiSmLIUUpDuNrAvsJQw8ZpkVz1Jgo6s6y2Hiyvxxrt8z8S14TwUlRea/2D8hg5QseWoipeRtiponv81sVyfwUL/KOf1\
        Yh9Q0RB/r36cNnvJpVf25NXegxNwUr4Aa4l3HIcZ/7ekjX+v6GvCV8RH/p1ZXkAYEBYqMV3SEn7ML7NF2caIQBj16dnKKFqL0xd7
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [6, 11], method: "nearest", antialias: true,
      pixels: """
        nOxKhyvdMWJoDFiy338tqp6gb+FhJuzAnLYXQ7Et4qR0eY+zcASmutvRNXG7qDjWE/fpPa70n1UZtb8Q/FrGO+2tcniMaMJjw9S63gpE8XH/\
        /NCyxiddwT3HTkiJNYPfFLZm6+HlgctcSOaSByNNuiqoZSn7zyBGatZQ/b2L7ix4bf+f5Mq+GlTVgQ+r4MKyA2PRTgLEWJmvk+9ZxnY08fUH\
        RshYXTMXM13OOrhEOQvrMFaKt1sNYZKYPIjiD69d2s7QZOU7
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [6, 11], method: "bilinear", antialias: true,
      pixels: """
        ZH1vm0q4Ym9+RIiWwqBruLTKcMA4gryEhKdvbp5apH5anFeEkBvLmo6qbaNrf2CGbsyHYbp2qlh2qqhjllKqU4eKhZdYoaCMq5PUyFKA0U2k\
        y5mRs39zq1/ChHaOW6nLK9OMt62rp314YIpuKXCSkT6JeXnTtHlXX8BGl498wWSokZG8qpnNTX6ga0latKmhJXy9VWGphGeBf5lGaaVpdrJp\
        oJ2IeVoyI0mRXJ17iXLIjFeTzWkomJyWa7XMOM+Uq+OXkpdZ
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [6, 11], method: "bilinear", antialias: false,
      pixels: """
        W5pRkyziOmNlEmGq4oxTrLLGVs89WNSdnLMhTa4tvoplpmOYmBrCoanVQnuspTjJSPe0QqyZnEFewsI67FvEQOCkgZJwl5idrZXU0jRj7Wr0\
        9MyyvVpasD3ZeGF5UJPkGLxo7NDYkaZzSqZkB3yVuyCUYTf1yC1BVMpPvpCHxFuVhtyy17rAG1nDdh2DzMDBGWfETje9XZaoiOdVlI9mnbJB\
        hKKLg08oMFa/SLlIYT7ocT6Dy10VfJSQRY7kELNq3NqmfY1f
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [6, 11], method: "bicubic", antialias: true,
      pixels: """
        X4Bqo0TAYnB6OoqXyKBkuLXRbcEyiLyFgKZ1bKFapX5TnFSIjxLQm5Ctbq9he1OHc9GIX7p2q1J2sLVhj0mxUIGLhp1Po6GRqZjaylJ90kSh\
        ypyTtIZtq1vIiHGKXKrSH96KvaussHd5WY1tInOTmDODdoHgvnhTVcU/nIuBxWSmj5G9rJfVS4egZD5Nuq+pIH3AVGWqjmB/f5U+Y6tvebNq\
        pKOPfVgnEz+UX6R5jnfNilOQ0WQfl5ycbbjRK8+WsuqYkpFU
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [6, 11], method: "bicubic", antialias: false,
      pixels: """
        Wq8/kB/3NGBgClyq8oRNpq/BSdhDS9ykobUUSrAjxY1pqW2mmRi7oK3sP3a2qzHUPv/DL6WzlDVL0c8r+F/HP++ngZR4jpajsJrT1S1a8m7/\
        +9W4wE9OtCrlb1NuTonyF7hi99LciLZ1PbthAH2Szw+WWy35ySI7TM1U2ZOOyFKIhvyu3Lu9ElLFewqT283SEFvISSvHVp+vhvVWpIlrubcl\
        cKeJj08nMVfCSL5AUir4XTF6yFYKcpCJQIfqCa9m9Nimb4xg
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [1, 1], method: "nearest", antialias: true,
      pixels: """
        JPDK
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [1, 1], method: "bilinear", antialias: true,
      pixels: """
        hIeL
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [1, 1], method: "bilinear", antialias: false,
      pixels: """
        JPDK
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [1, 1], method: "bicubic", antialias: true,
      pixels: """
        hYeK
        """),
    ResizeGolden(
      channels: 3, from: [13, 11], to: [1, 1], method: "bicubic", antialias: false,
      pixels: """
        JPDK
        """),
    ResizeGolden(
      channels: 1, from: [1, 3], to: [4, 2], method: "nearest", antialias: true,
      pixels: """
        AAAAAFpaWlo=
        """),
    ResizeGolden(
      channels: 1, from: [1, 3], to: [4, 2], method: "bilinear", antialias: true,
      pixels: """
        Dg4ODkdHR0c=
        """),
    ResizeGolden(
      channels: 1, from: [1, 3], to: [4, 2], method: "bilinear", antialias: false,
      pixels: """
        CgoKCk1NTU0=
        """),
    ResizeGolden(
      channels: 1, from: [1, 3], to: [4, 2], method: "bicubic", antialias: true,
      pixels: """
        CwsLC0lJSUk=
        """),
    ResizeGolden(
      channels: 1, from: [1, 3], to: [4, 2], method: "bicubic", antialias: false,
      pixels: """
        BwcHB1BQUFA=
        """),
    ResizeGolden(
      channels: 4, from: [1, 3], to: [4, 2], method: "nearest", antialias: true,
      pixels: """
        ACZanAAmWpwAJlqcACZanPGHK93xhyvd8Ycr3fGHK90=
        """),
    ResizeGolden(
      channels: 4, from: [1, 3], to: [4, 2], method: "bilinear", antialias: true,
      pixels: """
        JStndCUrZ3QlK2d0JStndPB/Opzwfzqc8H86nPB/Opw=
        """),
    ResizeGolden(
      channels: 4, from: [1, 3], to: [4, 2], method: "bilinear", antialias: false,
      pixels: """
        Oy9xgTsvcYE7L3GBOy9xgfB4TrLweE6y8HhOsvB4TrI=
        """),
    ResizeGolden(
      channels: 4, from: [1, 3], to: [4, 2], method: "bicubic", antialias: true,
      pixels: """
        FCRubxQkbm8UJG5vFCRub/qEOZz6hDmc+oQ5nPqEOZw=
        """),
    ResizeGolden(
      channels: 4, from: [1, 3], to: [4, 2], method: "bicubic", antialias: false,
      pixels: """
        NSx0fTUsdH01LHR9NSx0ffh6TrL4ek6y+HpOsvh6TrI=
        """),
  ]

  static let large = [
    ResizeGolden(
      channels: 3, from: [300, 211], to: [224, 224], method: "nearest", antialias: true,
      pixels: "ad200938a1b45cb08436c3b67bfa5d2399faba9f61230441c935de2be26ae3d3"),
    ResizeGolden(
      channels: 3, from: [300, 211], to: [224, 224], method: "bilinear", antialias: true,
      pixels: "63ed7b99d586c840ff96bc4e0852411b19af7a7f47e4d02546bab02d60c91c9d"),
    ResizeGolden(
      channels: 3, from: [300, 211], to: [224, 224], method: "bicubic", antialias: true,
      pixels: "dfd8d83f35cd1b980024f36871bb6b519667d120542d161f68d69ef279ba1859"),
    ResizeGolden(
      channels: 3, from: [300, 211], to: [97, 451], method: "nearest", antialias: true,
      pixels: "6a1c6f6c1fdad56a4be041c09a833c7aa2abb65fb0213553e17b0af6017b2418"),
    ResizeGolden(
      channels: 3, from: [300, 211], to: [97, 451], method: "bilinear", antialias: true,
      pixels: "7d849b80dea26350a1d3ddf52a6c6b52b170e12e71a13ee6274acd873aec9322"),
    ResizeGolden(
      channels: 3, from: [300, 211], to: [97, 451], method: "bicubic", antialias: true,
      pixels: "9e24c3227067c143e3816f9841e97a46c48755bb49c7fa3b8d11b10299a57daf"),
    ResizeGolden(
      channels: 3, from: [300, 211], to: [400, 300], method: "nearest", antialias: true,
      pixels: "5a7a12a19c6868bc9635abb42c9f34a008af74133110f8eea9a9c98f8586adae"),
    ResizeGolden(
      channels: 3, from: [300, 211], to: [400, 300], method: "bilinear", antialias: true,
      pixels: "d21cb46062099e1911601495694fbe810e80f78c102441266ca23ed84448992d"),
    ResizeGolden(
      channels: 3, from: [300, 211], to: [400, 300], method: "bicubic", antialias: true,
      pixels: "c432c9d2ca43f3fcdf8f6fbe6839f10e4a052c144d1e91217d7ead7420266174"),
    ResizeGolden(
      channels: 4, from: [300, 211], to: [224, 224], method: "nearest", antialias: true,
      pixels: "291601d2b325ff95badaa97b2d5507188dab5ce9ff524e0d2673ec270ec7b0e8"),
    ResizeGolden(
      channels: 4, from: [300, 211], to: [224, 224], method: "bilinear", antialias: true,
      pixels: "7f137cead9e2c15cc42f5d36f067f082c10c99abc86430010d8fc5164344f28d"),
    ResizeGolden(
      channels: 4, from: [300, 211], to: [224, 224], method: "bicubic", antialias: true,
      pixels: "237aa02e6bf75d23e280ad417dd36d54bae5640d66980a1856ff7a12701a4695"),
    ResizeGolden(
      channels: 4, from: [300, 211], to: [97, 451], method: "nearest", antialias: true,
      pixels: "8756ff3aff5821f911189a79c34821b2de5119bb4224d3426581870bc3f25604"),
    ResizeGolden(
      channels: 4, from: [300, 211], to: [97, 451], method: "bilinear", antialias: true,
      pixels: "95e8078bd1eb1a9a27fea0277393d2d5f92d4eb0c0186001a125dd1156f496ec"),
    ResizeGolden(
      channels: 4, from: [300, 211], to: [97, 451], method: "bicubic", antialias: true,
      pixels: "2d0ada8fe6fe1940ad6ceca42aa24d92140feae053736961244a9b467e33758b"),
    ResizeGolden(
      channels: 4, from: [300, 211], to: [400, 300], method: "nearest", antialias: true,
      pixels: "6d608a21b0f0b64b0c2579b508f5a22c7238d72704499ed49ff6ccfdb0b7d282"),
    ResizeGolden(
      channels: 4, from: [300, 211], to: [400, 300], method: "bilinear", antialias: true,
      pixels: "01a6989dee915c91e6bde15b2c20ec5e7179d753c595d1f8c65b6fee64994135"),
    ResizeGolden(
      channels: 4, from: [300, 211], to: [400, 300], method: "bicubic", antialias: true,
      pixels: "fe359a17cd75a01ff08fc008eeb2309cfdd81d707347d6c04064e5eec2c43c0b"),
  ]
}
