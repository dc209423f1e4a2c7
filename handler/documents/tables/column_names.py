"""Words that people name columns with, in six languages. Few of them are values of a table."""

from __future__ import annotations

import re

WORDS = frozenset(
    """
    address age album amount artist author average birthday brand capacity category city class code
    colour color comment comments company continent cost count country county created currency
    customer date datetime day department description desc destination distance district dob email
    e-mail end family fax field firstname first_name forename function gender genre grade group
    hour id identifier index industry ip item job key keyword label lang language last_name
    lastname lat latitude length level link lng location lon long longitude manufacturer max mean
    median min minute model month name names note notes number occupation order organisation
    organization origin owner phone place population position price product profession province qty
    quantity quarter question answer rank rate rating ratio reference region release remark remarks
    result role salary score season section sex size sku source species start state status street
    subject sum surname symbol tag tags team telephone text time timestamp title total type unit
    units updated url user username value version weight website width year zip zipcode
    adresse anzahl artikel autor beruf beschreibung betrag bezeichnung datum einheit firma gewicht
    hersteller jahr kategorie kunde land menge monat nachname ort plz preis straße strasse stadt
    telefon titel vorname wert
    année annee catégorie date_de_naissance montant mois nom numéro pays prénom prenom prix
    quantité rue ville
    año apellido apellidos calle cantidad ciudad código descripción dirección estado fecha mes
    nombre número país precio provincia teléfono título valor
    cidade código_postal cognome data descrizione indirizzo nome prezzo paese quantità città
    aantal achternaam bedrag land naam plaats prijs straat woonplaats voornaam
    """.split()
)
# first_name, firstName and First Name are three words of one name.
PARTS = re.compile(r"[_\W]+|(?<=[a-z])(?=[A-Z])")
MAX_PARTS = 4  # a longer text is a sentence


def is_column_name(cell: str) -> bool:
    """Whether a cell has a word, or is one, that columns are named with."""
    if len(cell) > 60:
        return False
    parts = [part.lower() for part in PARTS.split(cell) if part]
    if len(parts) > MAX_PARTS:
        return False
    return cell.lower() in WORDS or any(part in WORDS for part in (*parts[:1], *parts[-1:]))
