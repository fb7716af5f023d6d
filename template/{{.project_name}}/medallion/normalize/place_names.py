"""Names of countries and of their states, as people write them, with their codes of ISO 3166."""

from __future__ import annotations

# Names in English (short names of the standard, and what is usual), then in the country's own language and in German,
# French, Spanish and Italian where they differ. Lower case, without dots.
_COUNTRIES = """
AD andorra; AE united arab emirates, uae, emirates, vereinigte arabische emirate, émirats arabes unis;
AF afghanistan; AG antigua and barbuda; AI anguilla; AL albania, shqipëria, albanien, albanie; AM armenia, armenien;
AO angola; AR argentina, argentinien, argentine; AS american samoa;
AT austria, österreich, oesterreich, autriche; AU australia, australien, australie; AW aruba; AZ azerbaijan;
BA bosnia and herzegovina, bosnia, bosna i hercegovina; BB barbados; BD bangladesh;
BE belgium, belgië, belgie, belgique, belgien, bélgica, belgio; BF burkina faso; BG bulgaria, българия, bulgarien;
BH bahrain; BI burundi; BJ benin; BM bermuda; BN brunei, brunei darussalam; BO bolivia; BR brazil, brasil, brasilien;
BS bahamas, the bahamas; BT bhutan; BW botswana; BY belarus; BZ belize; CA canada, kanada, canadá;
CD democratic republic of the congo, dr congo, congo-kinshasa; CF central african republic; CG congo, congo-brazzaville;
CH switzerland, schweiz, suisse, svizzera, suiza; CI côte d'ivoire, cote d'ivoire, ivory coast; CL chile;
CM cameroon; CN china, people's republic of china, prc, 中国; CO colombia, kolumbien; CR costa rica; CU cuba, kuba;
CV cabo verde, cape verde; CW curaçao, curacao; CY cyprus, κύπρος, zypern, chypre;
CZ czechia, czech republic, česko, česká republika, tschechien, tchéquie;
DE germany, deutschland, allemagne, alemania, germania, brd, federal republic of germany; DJ djibouti;
DK denmark, danmark, dänemark, danemark, dinamarca, danimarca; DM dominica; DO dominican republic, república dominicana;
DZ algeria, algérie; EC ecuador; EE estonia, eesti, estland; EG egypt, ägypten, égypte; ER eritrea;
ES spain, españa, espana, spanien, espagne, spagna; ET ethiopia, äthiopien;
FI finland, suomi, finnland, finlande; FJ fiji; FM micronesia; FO faroe islands;
FR france, frankreich, francia; GA gabon;
GB united kingdom, uk, great britain, britain, england, scotland, wales, northern ireland,
vereinigtes königreich, großbritannien, royaume-uni, reino unido, regno unito;
GD grenada; GE georgia; GF french guiana; GG guernsey; GH ghana; GI gibraltar; GL greenland; GM gambia, the gambia;
GN guinea; GP guadeloupe; GQ equatorial guinea; GR greece, ελλάδα, ellada, hellas, griechenland, grèce, grecia;
GT guatemala; GU guam; GW guinea-bissau; GY guyana; HK hong kong, 香港; HN honduras;
HR croatia, hrvatska, kroatien, croatie; HT haiti; HU hungary, magyarország, ungarn, hongrie;
ID indonesia, indonesien; IE ireland, éire, eire, republic of ireland, irland, irlande; IL israel; IM isle of man;
IN india, bharat, indien, inde; IQ iraq, irak; IR iran; IS iceland, ísland, island;
IT italy, italia, italien, italie; JE jersey; JM jamaica; JO jordan; JP japan, 日本, nippon, japon;
KE kenya, kenia; KG kyrgyzstan; KH cambodia; KI kiribati; KM comoros; KN saint kitts and nevis;
KP north korea, democratic people's republic of korea; KR south korea, korea, republic of korea, 대한민국, südkorea;
KW kuwait; KY cayman islands; KZ kazakhstan; LA laos; LB lebanon, libanon; LC saint lucia; LI liechtenstein;
LK sri lanka; LR liberia; LS lesotho; LT lithuania, lietuva, litauen; LU luxembourg, luxemburg, lëtzebuerg;
LV latvia, latvija, lettland; LY libya; MA morocco, maroc, marokko; MC monaco; MD moldova, republic of moldova;
ME montenegro, crna gora; MG madagascar; MH marshall islands; MK north macedonia, macedonia; ML mali; MM myanmar, burma;
MN mongolia; MO macao, macau; MQ martinique; MR mauritania; MS montserrat; MT malta; MU mauritius; MV maldives;
MW malawi; MX mexico, méxico, mexiko, mexique; MY malaysia; MZ mozambique; NA namibia; NC new caledonia; NE niger;
NG nigeria; NI nicaragua; NL netherlands, the netherlands, nederland, holland, niederlande, pays-bas, países bajos,
paesi bassi;
NO norway, norge, noreg, norwegen, norvège, noruega, norvegia; NP nepal; NR nauru;
NZ new zealand, aotearoa, neuseeland; OM oman; PA panama; PE peru, perú; PF french polynesia; PG papua new guinea;
PH philippines, pilipinas, philippinen; PK pakistan; PL poland, polska, polen, pologne, polonia; PR puerto rico;
PS palestine, state of palestine; PT portugal; PW palau; PY paraguay; QA qatar, katar; RE réunion, reunion;
RO romania, românia, rumänien, roumanie; RS serbia, srbija, србија, serbien;
RU russia, russian federation, россия, russland, russie; RW rwanda; SA saudi arabia, saudi-arabien; SB solomon islands;
SC seychelles; SD sudan; SE sweden, sverige, schweden, suède, suecia, svezia; SG singapore, singapur;
SI slovenia, slovenija, slowenien; SK slovakia, slovensko, slowakei, slovaquie; SL sierra leone; SM san marino;
SN senegal; SO somalia; SR suriname; SS south sudan; ST são tomé and príncipe, sao tome and principe; SV el salvador;
SY syria; SZ eswatini, swaziland; TD chad; TG togo; TH thailand; TJ tajikistan; TL timor-leste, east timor;
TM turkmenistan; TN tunisia, tunisie, tunesien; TO tonga; TR turkey, türkiye, turkiye, türkei, turquie;
TT trinidad and tobago; TV tuvalu; TW taiwan, 臺灣, 台灣; TZ tanzania; UA ukraine, україна; UG uganda;
US united states, united states of america, usa, america, vereinigte staaten, états-unis, estados unidos, stati uniti;
UY uruguay; UZ uzbekistan; VA holy see, vatican, vatican city; VC saint vincent and the grenadines;
VE venezuela; VG british virgin islands; VI us virgin islands; VN vietnam, viet nam, việt nam; VU vanuatu; WS samoa;
XK kosovo; YE yemen; ZA south africa, suid-afrika, südafrika; ZM zambia; ZW zimbabwe
"""
_STATES = {
    "US": """
AL alabama; AK alaska; AZ arizona; AR arkansas; CA california, calif; CO colorado; CT connecticut; DE delaware;
DC district of columbia, washington dc; FL florida; GA georgia; HI hawaii; ID idaho; IL illinois; IN indiana; IA iowa;
KS kansas; KY kentucky; LA louisiana; ME maine; MD maryland; MA massachusetts; MI michigan; MN minnesota;
MS mississippi; MO missouri; MT montana; NE nebraska; NV nevada; NH new hampshire; NJ new jersey; NM new mexico;
NY new york; NC north carolina; ND north dakota; OH ohio; OK oklahoma; OR oregon; PA pennsylvania; PR puerto rico;
RI rhode island; SC south carolina; SD south dakota; TN tennessee; TX texas; UT utah; VT vermont; VA virginia;
WA washington; WV west virginia; WI wisconsin; WY wyoming
""",
    "CA": """
AB alberta; BC british columbia; MB manitoba; NB new brunswick; NL newfoundland and labrador, newfoundland;
NS nova scotia; NT northwest territories; NU nunavut; ON ontario; PE prince edward island, pei; QC quebec, québec;
SK saskatchewan; YT yukon
""",
    "AU": """
ACT australian capital territory; NSW new south wales; NT northern territory; QLD queensland; SA south australia;
TAS tasmania; VIC victoria; WA western australia
""",
    "DE": """
BW baden-württemberg; BY bayern, bavaria; BE berlin; BB brandenburg; HB bremen; HH hamburg; HE hessen, hesse;
MV mecklenburg-vorpommern; NI niedersachsen, lower saxony; NW nordrhein-westfalen, nrw, north rhine-westphalia;
RP rheinland-pfalz, rhineland-palatinate; SL saarland; SN sachsen, saxony; ST sachsen-anhalt, saxony-anhalt;
SH schleswig-holstein; TH thüringen, thuringia
""",
    "AT": """
1 burgenland; 2 kärnten, carinthia; 3 niederösterreich, lower austria; 4 oberösterreich, upper austria; 5 salzburg;
6 steiermark, styria; 7 tirol, tyrol; 8 vorarlberg; 9 wien, vienna
""",
    "CH": """
AG aargau; AI appenzell innerrhoden; AR appenzell ausserrhoden; BE bern, berne; BL basel-landschaft; BS basel-stadt;
FR fribourg, freiburg; GE genève, geneva, genf; GL glarus; GR graubünden, grisons; JU jura; LU luzern, lucerne;
NE neuchâtel, neuenburg; NW nidwalden; OW obwalden; SG st gallen, sankt gallen; SH schaffhausen; SO solothurn;
SZ schwyz; TG thurgau; TI ticino, tessin; UR uri; VD vaud, waadt; VS valais, wallis; ZG zug; ZH zürich, zurich
""",
}


def _by_name(text: str) -> dict[str, str]:
    rows = (row.strip().split(" ", 1) for row in text.replace("\n", " ").split(";"))
    return {name.strip(): code for code, names in rows for name in names.split(",")}


# Kosovo has no code of ISO 3166-1; XK is given to users for it.
COUNTRY_NAMES = {name: code for name, code in _by_name(_COUNTRIES).items() if code != "XK"}
STATE_NAMES = {country: _by_name(states) for country, states in _STATES.items()}
