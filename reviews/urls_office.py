"""The pages of officers and supervisors."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
